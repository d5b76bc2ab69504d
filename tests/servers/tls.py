"""TLS in front of a plain loopback server: what is encrypted on the way in goes on in the clear."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True)
class TlsFront:
    """A running relay, and the authority that vouches for it."""

    port: int
    ca_bundle: Path  # PEM, for AWS_CA_BUNDLE


@contextmanager
def tls_in_front(port: int, folder: Path) -> Iterator[TlsFront]:
    """Relay from a free loopback port to `port`; the authority's certificate is written into `folder`."""
    authority = trustme.CA()
    ca_bundle = folder / "authority.pem"
    authority.cert_pem.write_to_path(ca_bundle)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    relay = _Relay(port, context)
    relay.start()
    try:
        yield TlsFront(relay.listening_on(), ca_bundle)
    finally:
        relay.stop()


class _Relay(threading.Thread):
    def __init__(self, target: int, context: ssl.SSLContext) -> None:
        super().__init__(name="tls-relay", daemon=True)
        self._target = target
        self._context = context
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._listening = threading.Event()
        self._port = 0

    def run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    def listening_on(self) -> int:
        if not self._listening.wait(10):
            raise RuntimeError("the TLS relay does not listen")
        return self._port

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self.join(10)
        if self.is_alive():
            raise RuntimeError("the TLS relay does not stop")

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._relay, "127.0.0.1", 0, ssl=self._context)
        self._port = server.sockets[0].getsockname()[1]
        self._listening.set()
        async with server:
            await self._stopped.wait()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream: asyncio.StreamWriter | None = None
        try:
            answers, upstream = await asyncio.open_connection("127.0.0.1", self._target)
            await asyncio.gather(_pipe(reader, upstream), _pipe(answers, writer))
        finally:
            for each in filter(None, (writer, upstream)):
                each.transport.abort()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except (ConnectionError, ssl.SSLError):
        pass  # one side hung up; closing the other is all there is to do
    finally:
        writer.close()
