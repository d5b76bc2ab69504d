"""Serve the demo newspapers on loopback: all on one port by the Host header, or each on its own."""

import re
import ssl
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, unquote_to_bytes

from crawler.demo.connection import LOOPBACK, METHODS, Asked, Listener, plain
from crawler.demo.exchange import Reply, Request
from crawler.demo.outlet import Outlet
from crawler.demo.wire import Response, respond

_AUTHORITY = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252})(:[0-9]{1,5})?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """A request and the status of its response."""

    host: str  # the Host header
    method: str
    target: str  # of the request line, decoded as Latin-1
    status: int


class Newsstand:
    """The running server. `requests` holds every request in order; read it after the crawl."""

    def __init__(self, outlets: Iterable[Outlet], *, secure: bool) -> None:
        self.outlets = tuple(outlets)
        self.requests: list[Served] = []
        self._scheme, self._well_known = ("https", 443) if secure else ("http", 80)
        self._listeners: list[Listener] = []  # the shared port, then one for each outlet if there is one
        self._threads: list[threading.Thread] = []
        self._visits: Counter[tuple[str, bytes]] = Counter()
        self._lock = threading.Lock()

    @property
    def port(self) -> int:
        """The port that all newspapers share."""
        return self._listeners[0].port

    def connect_to(self) -> list[str]:
        """Return the values for CONNECT_TO: host and port of each newspaper, and the real ones."""
        return [f"{outlet.host}:{self._well_known}:{LOOPBACK}:{self.port}" for outlet in self.outlets]

    def addresses(self) -> list[str]:
        """Return the home pages by host name, in the order of the outlets; they need CONNECT_TO."""
        return [f"{self._scheme}://{outlet.host}/" for outlet in self.outlets]

    def own_addresses(self) -> list[str]:
        """Return the home pages by IP address, for a browser; empty unless each has a port of its own."""
        return [f"{self._scheme}://{LOOPBACK}:{listener.port}/" for listener in self._listeners[1:]]

    def stop(self) -> None:
        """End all connections and threads and free the ports. A second call does nothing."""
        while self._listeners:
            self._listeners.pop().stop()
        while self._threads:
            self._threads.pop().join()

    def listen(self, port: int, outlet: Outlet | None, tls: ssl.SSLContext | None) -> None:
        """Open a port (0: a free one) for one newspaper, or for all. Raises OSError where it is taken."""
        listener = Listener(port, partial(self._answer, outlet), tls)
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        self._listeners.append(listener)
        self._threads.append(thread)

    def _answer(self, only: Outlet | None, asked: Asked) -> Response:
        host = asked.headers.get("host", "")
        reply = self._reply(only, asked, host)
        if asked.version == "HTTP/1.0":
            reply = replace(reply, chunked=False)
        response = respond(reply, asked.method, asked.headers)
        target = asked.target.decode("latin-1")
        self.requests.append(Served(host=host, method=asked.method, target=target, status=response.status))
        return response

    def _reply(self, only: Outlet | None, asked: Asked, host: str) -> Reply:
        if not _AUTHORITY.fullmatch(host):
            return plain(400, "The Host header must name a host.")
        if asked.method not in METHODS:
            return plain(405, "Only GET and HEAD are answered.", Allow=", ".join(METHODS))
        outlet = only or self._by_host(host)
        if outlet is None:
            names = ", ".join(outlet.host for outlet in self.outlets)
            return plain(421, f"The newspapers here are {names}; ask for one of them in the Host header.")
        request = self._request(outlet, asked, host)
        return outlet.answer(request) if request else plain(400, "The address is not UTF-8.")

    def _by_host(self, host: str) -> Outlet | None:
        name = host.partition(":")[0].lower()
        return next((outlet for outlet in self.outlets if outlet.host == name), None)

    def _request(self, outlet: Outlet, asked: Asked, host: str) -> Request | None:
        path, _, query = asked.target.partition(b"?")
        try:
            decoded = unquote_to_bytes(path).decode()
            values = dict(parse_qsl(query.decode(), keep_blank_values=True, max_num_fields=50))
        except ValueError:
            return None
        key = (outlet.key, asked.target)
        with self._lock:
            visit = self._visits[key]
            self._visits[key] += asked.method == "GET"
        origin = f"{self._scheme}://{host.lower()}"
        return Request(origin=origin, path=decoded, query=values, visit=visit)


@contextmanager
def serve(
    outlets: Iterable[Outlet],
    *,
    port: int = 0,
    own_ports: bool = False,
    tls: tuple[Path, Path] | None = None,
) -> Iterator[Newsstand]:
    """Serve newspapers on 127.0.0.1 until the block ends, from background threads.

    `port` is the shared port, 0 a free one. `own_ports` opens a further port for each newspaper, which
    accepts any Host. `tls` are the PEM files of a certificate chain and its key. Raises OSError where the
    port is taken or a file cannot be read.
    """
    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
    with ExitStack() as stack:
        stand = Newsstand(outlets, secure=context is not None)
        stack.callback(stand.stop)
        stand.listen(port, None, context)
        for outlet in stand.outlets if own_ports else ():
            stand.listen(0, outlet, context)
        yield stand
