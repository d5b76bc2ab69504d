"""A server that does to its clients what the worst ones do: answers as small programs, on loopback.

    with HostileServer({"/for-ever/": endless(head(), b"x" * 65_536)}) as server: …

Names that the tests invent are resolved by `Resolver`, a plug for Scrapy's DNS_RESOLVER.
"""

import asyncio
import gzip
import ssl
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import DNSLookupError

from tests.servers.raw import LoopbackServer

Deed = Callable[[asyncio.StreamWriter], Awaitable[None]]
PIECE = 64 * 1024
TRICKLE_SECONDS = 0.1  # between two bytes; the client's patience is what ends it
GIVEN_UP_SECONDS = 60.0  # no deed lasts longer, whatever the client does


class HostileServer(LoopbackServer):
    """`deeds` maps paths, or host and path, to what is done; a path that it does not name is not found."""

    def __init__(self, deeds: Mapping[str, Deed], *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self.asked: Counter[str] = Counter()  # by host and path
        self._deeds = deeds

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof():
            request = await reader.readuntil(b"\r\n\r\n")
            path = request.split(b" ", 2)[1].decode("ascii")
            fields = (line.partition(b":") for line in request.split(b"\r\n")[1:])
            host = next(value.strip().decode() for name, _, value in fields if name.lower() == b"host")
            place = host.partition(":")[0] + path
            self.asked[place] += 1
            await self._deeds.get(place, self._deeds.get(path, NOT_FOUND))(writer)
            await writer.drain()


class ClosingServer(LoopbackServer):
    """Says some bytes, none perhaps, to whoever comes, whatever they want, and hangs up."""

    def __init__(self, *said: bytes) -> None:
        super().__init__()
        self._said = said

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(PIECE)
        writer.writelines(self._said)
        await writer.drain()


def head(*fields: str, status: str = "200 OK") -> bytes:
    """A status line and headers, complete."""
    return "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *fields, "")).encode("latin-1")


def page(body: str | bytes, *fields: str, status: str = "200 OK") -> Deed:
    """A proper answer."""
    data = body.encode() if isinstance(body, str) else body
    html = "Content-Type: text/html; charset=utf-8"
    return says(head(html, f"Content-Length: {len(data)}", *fields, status=status) + data)


def says(*pieces: bytes, close: bool = False) -> Deed:
    """Exactly these bytes."""

    async def deed(writer: asyncio.StreamWriter) -> None:
        writer.writelines(pieces)
        await writer.drain()
        if close:
            writer.close()
            raise ConnectionResetError

    return deed


def endless(beginning: bytes, piece: bytes) -> Deed:
    """A beginning, then the same piece until the client hangs up."""

    async def deed(writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        deadline = time.monotonic() + GIVEN_UP_SECONDS
        while time.monotonic() < deadline:
            writer.write(piece)
            await writer.drain()

    return deed


def trickle(beginning: bytes, drops: bytes) -> Deed:
    """A beginning, then a byte at a time, again from the first where they run out."""

    async def deed(writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        for turn in range(int(GIVEN_UP_SECONDS / TRICKLE_SECONDS)):
            writer.write(drops[turn % len(drops) :][:1])
            await writer.drain()
            await asyncio.sleep(TRICKLE_SECONDS)

    return deed


def silent() -> Deed:
    """No answer at all."""

    async def deed(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(GIVEN_UP_SECONDS)

    return deed


def reset() -> Deed:
    """The connection is thrown away."""

    async def deed(writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()
        raise ConnectionResetError

    return deed


def gzip_bomb(length: int) -> bytes:
    """Zeros, a thousand times smaller on the wire."""
    return gzip.compress(bytes(length), mtime=0)


NOT_FOUND = page("", status="404 Not Found")


class Resolver(CachingThreadedResolver):
    """All names below .example lead to loopback; those that begin with `flaky` only when asked again."""

    failed: Sequence[str] = ()

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> "Deferred[str]":  # noqa: N802 - Twisted's
        if name.startswith("flaky") and name not in self.failed:
            self.failed = (*self.failed, name)
            return fail(DNSLookupError(f"{name} is not known just now"))
        return super().getHostByName("127.0.0.1" if name.endswith(".example") else name, timeout)
