"""A hostile site on loopback: each reply is a small program that writes to the client.

    with HostileServer({"/endless/": endless(head(), b"x" * 65_536)}) as server: …

`Resolver` resolves the host names that the tests invent; it is a value for Scrapy's DNS_RESOLVER.
"""

import asyncio
import gzip
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import DNSLookupError

from tests.servers.raw import LoopbackServer

Reply = Callable[[asyncio.StreamWriter], Awaitable[None]]
PIECE_BYTES = 64 * 1024
TRICKLE_SECONDS = 0.1  # between two bytes; the client's timeout is what ends it
MAX_REPLY_SECONDS = 60.0  # also for a client that never hangs up


class HostileServer(LoopbackServer):
    """`replies` maps a path, or a host and path, to a reply; other paths are not found."""

    def __init__(self, replies: Mapping[str, Reply], *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self.asked: Counter[str] = Counter()  # by host and path
        self._replies = replies
        for reply in replies.values():
            if isinstance(reply, Late):
                reply.make()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof():
            request = await reader.readuntil(b"\r\n\r\n")
            path = request.split(b" ", 2)[1].decode("ascii")
            fields = (line.partition(b":") for line in request.split(b"\r\n")[1:])
            host = next(value.strip().decode() for name, _, value in fields if name.lower() == b"host")
            place = host.partition(":")[0] + path
            self.asked[place] += 1
            async with asyncio.timeout(MAX_REPLY_SECONDS):
                await self._replies.get(place, self._replies.get(path, NOT_FOUND))(writer)
            await writer.drain()


class ClosingServer(LoopbackServer):
    """Sends the same bytes to every client, if any, and hangs up."""

    def __init__(self, *pieces: bytes) -> None:
        super().__init__()
        self._pieces = pieces

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(PIECE_BYTES)
        writer.writelines(self._pieces)
        await writer.drain()


def head(*fields: str, status: str = "200 OK") -> bytes:
    """Return a status line and headers, with the empty line at their end."""
    return "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *fields, "")).encode("latin-1")


def page(body: str | bytes, *fields: str, status: str = "200 OK") -> Reply:
    """Send a well-formed HTML response."""
    data = body.encode() if isinstance(body, str) else body
    html = "Content-Type: text/html; charset=utf-8"
    return sends(head(html, f"Content-Length: {len(data)}", *fields, status=status) + data)


def sends(*pieces: bytes, close: bool = False) -> Reply:
    """Send exactly these bytes."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if close:
            writer.close()
            raise ConnectionResetError

    return reply


class Late:
    """A large reply, which is made when its server is and not when its module is imported."""

    def __init__(self, make: Callable[[], Reply]) -> None:
        self.make = cache(make)

    async def __call__(self, writer: asyncio.StreamWriter) -> None:
        await self.make()(writer)


def endless(beginning: bytes, piece: bytes) -> Reply:
    """Send a beginning, then one piece again and again until the client hangs up."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        while True:
            writer.write(piece)
            await writer.drain()

    return reply


def trickle(beginning: bytes, rest: bytes) -> Reply:
    """Send a beginning, then one byte of the rest at a time, again and again."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        while True:
            for byte in rest:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(TRICKLE_SECONDS)

    return reply


def silent() -> Reply:
    """Send nothing, and keep the connection."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(MAX_REPLY_SECONDS)

    return reply


def reset() -> Reply:
    """Reset the connection."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()
        raise ConnectionResetError

    return reply


@cache
def gzip_bomb(length: int) -> bytes:
    """Return so many zeros, packed: a thousandth of their length."""
    return gzip.compress(bytes(length), mtime=0)


NOT_FOUND = page("", status="404 Not Found")


class Resolver(CachingThreadedResolver):
    """Resolves names below .example to loopback; a name that begins with `flaky` fails the first time."""

    failed: Sequence[str] = ()

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> "Deferred[str]":  # noqa: N802 - Twisted's
        if name.startswith("flaky") and name not in self.failed:
            self.failed = (*self.failed, name)
            return fail(DNSLookupError(f"{name} is not known just now"))
        return super().getHostByName("127.0.0.1" if name.endswith(".example") else name, timeout)
