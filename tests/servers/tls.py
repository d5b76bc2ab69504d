"""TLS in front of a plain loopback server: a relay that decrypts."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.servers.raw import LoopbackServer, pump


@dataclass(frozen=True, slots=True)
class TlsFront:
    """A running relay, and the certificate of its authority."""

    port: int
    ca_bundle: Path  # PEM, for AWS_CA_BUNDLE


@contextmanager
def tls_in_front(port: int, folder: Path) -> Iterator[TlsFront]:
    """Relay from a free loopback port to `port`; write the authority's certificate into `folder`."""
    authority = trustme.CA()
    ca_bundle = folder / "authority.pem"
    authority.cert_pem.write_to_path(ca_bundle)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    with _Relay(port, context) as relay:
        yield TlsFront(relay.port, ca_bundle)


class _Relay(LoopbackServer):
    def __init__(self, target: int, context: ssl.SSLContext) -> None:
        super().__init__(context)
        self._target = target

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, upstream = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            await asyncio.gather(pump(reader, upstream), pump(answers, writer))
        finally:
            upstream.transport.abort()
