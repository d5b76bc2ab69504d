"""Recorded pages on loopback, each under its own host and path, over http and https."""

import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import trustme
from scrapy.utils.project import get_project_settings

from benchmarks.extraction.pages import Known
from crawler.spider.loader import described_sites

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Shelf:
    """The pages of one host: what a crawl sees of it."""

    host: str
    pages: tuple[Known, ...]

    @property
    def home(self) -> str:
        scheme = urlsplit(self.pages[0].url).scheme
        return f"{scheme}://{self.host}/"

    @property
    def spider(self) -> str:
        """The spider of the described site that the host belongs to, else the one for any site."""
        described = described_sites(get_project_settings())
        return next((site.name for site in described if site.scope.on_site(self.home)), "news")


def shelves(pages: Sequence[Known]) -> list[Shelf]:
    hosts = sorted({urlsplit(page.url).netloc for page in pages})
    return [Shelf(host, tuple(page for page in pages if urlsplit(page.url).netloc == host)) for host in hosts]


@contextmanager
def serve(stock: Sequence[Shelf], folder: Path) -> Iterator[list[str]]:
    """Serve until the block ends; yields the CONNECT_TO that leads there. `folder` takes the certificate."""
    authority = trustme.CA()
    certificate = authority.issue_cert(*(shelf.host for shelf in stock))
    bundle = folder / "corpus.pem"
    certificate.private_key_and_cert_chain_pem.write_to_path(str(bundle))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bundle)
    by_host = {shelf.host: shelf for shelf in stock}
    with ExitStack() as stack:
        ports = {}
        for well_known, tls in ((80, None), (443, context)):
            server = _Server(by_host, tls)
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            ports[well_known] = server.server_address[1]
        # the described sites are asked by their bare names, some answer under www.
        names = {name for host in by_host for name in (host, host.removeprefix("www."))}
        yield [f"{name}:{known}:{LOOPBACK}:{port}" for name in sorted(names) for known, port in ports.items()]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, stock: dict[str, Shelf], tls: ssl.SSLContext | None) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.stock = stock
        self.scheme = "https" if tls else "http"
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        status, content_type, body = self._answer()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass  # the crawl's own log shows the error

    def _answer(self) -> tuple[int, str, bytes]:
        host = self.headers.get("Host", "").partition(":")[0]
        shelf = self.server.stock.get(host) or self.server.stock.get(f"www.{host}")
        if shelf is None:
            return 421, "text/plain", b"no such host here"
        for page in shelf.pages:
            if _same(page.url, self.path):
                return 200, "text/html", page.path.read_bytes()
        match self.path:
            case "/":
                return 200, "text/html; charset=utf-8", _home(shelf)
            case "/feed/" | "/rss":
                return 200, "application/rss+xml; charset=utf-8", _feed(shelf)
            case "/sitemap.xml":
                return 200, "application/xml", _sitemap(shelf)
        return 404, "text/plain", b"not recorded"


def _same(url: str, target: str) -> bool:
    parts = urlsplit(url)
    wanted = unquote(parts.path) + (f"?{parts.query}" if parts.query else "")
    return wanted == unquote(target)


def _address(page: Known) -> str:
    return escape(quote(page.url, safe=":/?&=%"))


def _home(shelf: Shelf) -> bytes:
    links = "".join(f'<li><a href="{_address(page)}">{escape(page.title)}</a></li>' for page in shelf.pages)
    feed = '<link rel="alternate" type="application/rss+xml" href="/feed/">'
    head = f"<head><title>{shelf.host}</title>{feed}</head>"
    return f"<!DOCTYPE html><html>{head}<body><ul>{links}</ul></body></html>".encode()


def _feed(shelf: Shelf) -> bytes:
    items = "".join(f"<item><link>{_address(page)}</link></item>" for page in shelf.pages)
    return f'<rss version="2.0"><channel><title>{shelf.host}</title>{items}</channel></rss>'.encode()


def _sitemap(shelf: Shelf) -> bytes:
    urls = "".join(f"<url><loc>{_address(page)}</loc></url>" for page in shelf.pages)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
