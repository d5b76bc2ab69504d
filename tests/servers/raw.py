"""A server that sends exactly the bytes of its script, and keeps a transcript of both sides.

    script = {"/hello": Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")}
    with RawServer(script) as server:
        fetch(f"http://127.0.0.1:{server.port}/hello")
        assert server.heard[0].sent == b"HTTP/1.1 …"

It runs an event loop of its own in a thread, so it serves tests with and without a loop, and crawls in other
processes. Of HTTP it knows only where a request ends. TLS, mail, CONNECT and hostile servers are built on it.
"""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

Streams = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """The pieces in which bytes are written, and what happens after them."""

    pieces: tuple[bytes, ...]
    close: bool = False  # the connection
    hang: bool = False  # send nothing more until the client closes the connection
    reused: "Answer | None" = None  # instead of this one, for any but the first request of a connection

    def __init__(
        self, *pieces: bytes, close: bool = False, hang: bool = False, reused: "Answer | None" = None
    ) -> None:
        for name, value in (("pieces", pieces), ("close", close), ("hang", hang), ("reused", reused)):
            object.__setattr__(self, name, value)


NOT_FOUND = Answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope")


@dataclass
class Heard:
    """One request, and the bytes that were sent for it."""

    connection: int  # counted from 1
    request: bytes
    sent: bytearray = field(default_factory=bytearray)

    @property
    def method(self) -> str:
        return self.request.split(b" ", 2)[0].decode("ascii")

    @property
    def target(self) -> str:
        return self.request.split(b" ", 2)[1].decode("ascii")


class LoopbackServer:
    """An asyncio server in a thread, as a context manager."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.port = 0
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loopback-server")
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return  # the client hung up, or the test is over
        finally:
            self._connections.discard(task)
            writer.transport.abort() if self._loop_is_stopping() else writer.close()

    def _loop_is_stopping(self) -> bool:
        return not self._server.is_serving()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError


class RawServer(LoopbackServer):
    """`script` maps a path with its query to an answer; other paths are not found."""

    def __init__(
        self,
        script: Mapping[str, Answer] | Callable[[Heard], Answer],
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(tls)
        self.heard: list[Heard] = []  # in the order in which the requests were complete
        self.connections = 0
        self._script = script

    def sent_to(self, path: str) -> list[Heard]:
        """Return the requests for one path, in order, with what was sent for them."""
        return [heard for heard in self.heard if _path(heard.target) == path]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        connection, number = self.connections, 0
        while True:
            heard = Heard(connection, await _read_request(reader))
            number += 1
            self.heard.append(heard)
            answer = self._answer(heard)
            if number > 1 and answer.reused is not None:
                answer = answer.reused
            for piece in answer.pieces:
                heard.sent += piece
                writer.write(piece)
                await writer.drain()
            if answer.hang:
                await reader.read()
            if answer.close or answer.hang:
                return

    def _answer(self, heard: Heard) -> Answer:
        if callable(self._script):
            return self._script(heard)
        return self._script.get(_path(heard.target), NOT_FOUND)


class ConnectProxy(LoopbackServer):
    """A proxy that knows only CONNECT, and connects every client to the same port."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.asked: list[bytes] = []  # the heads of the CONNECT requests
        self._target = port

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append(await reader.readuntil(b"\r\n\r\n"))
        there, to_there = await asyncio.open_connection("127.0.0.1", self._target)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(pump(reader, to_there), pump(there, writer))
        finally:
            to_there.close()


async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Copy bytes until the source ends; then close the sink."""
    while data := await source.read(65_536):
        sink.write(data)
        await sink.drain()
    sink.close()


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return head + await reader.readexactly(int(line.partition(b":")[2]))
    return head


def _path(target: str) -> str:
    """Return the path with its query, also of a target in absolute form, as proxies get it."""
    parts = urlsplit(target)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
