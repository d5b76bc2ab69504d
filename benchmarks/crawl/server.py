"""The paper on loopback, in a process of its own: python -m benchmarks.crawl.server PAGES."""

import asyncio
import re
import sys

from benchmarks.crawl.pages import Paper, path_of

_NUMBER = re.compile(rb"GET /2026/05/\d\d/story-(\d+)/ ")


class Server:
    def __init__(self, count: int) -> None:
        self.count = count
        self.paper = Paper()
        self.port = 0

    async def serve(self) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        print(self.port, flush=True)
        async with server:
            await server.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._answer(head))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone
        finally:
            writer.close()

    def _answer(self, head: bytes) -> bytes:
        if match := _NUMBER.match(head):
            return _reply("200 OK", "text/html; charset=utf-8", self.paper.page(int(match[1])))
        if head.startswith(b"GET /sitemap.xml "):
            return _reply("200 OK", "application/xml", self._sitemap())
        return _reply("404 Not Found", "text/plain", b"nothing here")

    def _sitemap(self) -> bytes:
        urls = "".join(
            f"<url><loc>http://127.0.0.1:{self.port}{path_of(number)}</loc></url>"
            for number in range(self.count)
        )
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def _reply(status: str, content_type: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


if __name__ == "__main__":
    asyncio.run(Server(int(sys.argv[1])).serve())
