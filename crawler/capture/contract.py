"""Every private name of Scrapy, Twisted and Python that the project uses, with the reason, and their check.

A private name may change in any release without a warning. The crawl then must not start, because it could
archive wrong bytes or break the pace of a host. A test compares the table with the code. An entry that is no
longer needed must be removed.
"""

import inspect
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from operator import attrgetter

from crawler.errors import ArchiveError

HTTP11 = "scrapy.core.downloader.handlers.http11"
DOWNLOADER = "scrapy.core.downloader"
CLIENT = "twisted.web.client"
NEWCLIENT = "twisted.web._newclient"


@dataclass(frozen=True, slots=True)
class PrivateName:
    """A place in another package, and a piece of its source that must not change."""

    module: str
    place: str  # a function or a class in the module
    source: str  # what the source of the place must contain


# The bytes on the wire: no public name gives them, nor the choice of the parser, the pool or the endpoint.
WIRE = (
    PrivateName(
        HTTP11, "HTTP11DownloadHandler.__init__", "self._pool: HTTPConnectionPool = HTTPConnectionPool("
    ),
    PrivateName(HTTP11, "HTTP11DownloadHandler.__init__", "self._contextFactory: IPolicyForHTTPS = "),
    PrivateName(HTTP11, "HTTP11DownloadHandler.download_request", "pool=self._pool"),
    PrivateName(HTTP11, "HTTP11DownloadHandler.download_request", "agent.download_request(request)"),
    PrivateName(
        HTTP11, "_BindAddressAgent._requestWithEndpoint", "key += (self._endpointFactory._bindAddress,)"
    ),
    PrivateName(HTTP11, "_TunnelingAgent._requestWithEndpoint", "key += self._proxyConf"),
    PrivateName(HTTP11, "_ScrapyProxyAgent.request", 'key=(b"http-proxy", '),
    PrivateName(HTTP11, "_LenientHTTP11ClientProtocol.request", "super().request(request)"),
    PrivateName(HTTP11, "_LenientHTTP11ClientFactory.buildProtocol", "(self._quiescentCallback)"),
    PrivateName(CLIENT, "Agent.request", "key = (parsedURI.scheme, parsedURI.host, parsedURI.port)"),
    PrivateName(CLIENT, "_AgentBase._requestWithEndpoint", "self._pool.getConnection(key, endpoint)"),
    PrivateName(CLIENT, "_AgentBase._requestWithEndpoint", "return proto.request("),
    PrivateName(CLIENT, "HTTPConnectionPool._newConnection", "self._factory(quiescentCallback, "),
    PrivateName(CLIENT, "HTTPConnectionPool.__init__", "self._reactor = reactor"),
    PrivateName(CLIENT, "_RetryingHTTP11ClientProtocol.request", "connection.request(request)"),
    PrivateName(NEWCLIENT, "HTTP11ClientProtocol.request", "request.writeTo(self.transport)"),
    PrivateName(NEWCLIENT, "HTTP11ClientProtocol.request", "HTTPClientParser(request, self._finishResponse)"),
    PrivateName(NEWCLIENT, "HTTP11ClientProtocol.dataReceived", "self._parser.dataReceived(bytes)"),
    PrivateName(NEWCLIENT, "HTTPParser.lineReceived", "self.state = HEADER"),
    PrivateName(NEWCLIENT, "HTTPParser.switchToBodyMode", "self.state = BODY"),
    PrivateName("twisted.protocols.basic", "LineReceiver.dataReceived", "self.lineLengthExceeded("),
)

# Malformed responses: Twisted has no setting that makes its parser accept them.
PARSER = (
    PrivateName(
        HTTP11, "_LenientHTTP11ClientProtocol.request", "self._parser.__class__ = _LenientHTTPClientParser"
    ),
    PrivateName(HTTP11, "_LenientHTTPClientParser.lineReceived", "if self._partialHeader is not None:"),
    PrivateName(HTTP11, "_LenientHTTPClientParser.lineReceived", "self.statusReceived(line)"),
    PrivateName(HTTP11, "_LenientHTTPClientParser.lineReceived", "self.headerReceived(name, value.strip())"),
    PrivateName(NEWCLIENT, "HTTPClientParser.allHeadersReceived", "self._transferDecoders["),
    PrivateName(NEWCLIENT, "HTTPClientParser.allHeadersReceived", "_contentLength(self.connHeaders)"),
    PrivateName(
        NEWCLIENT,
        "HTTPClientParser.allHeadersReceived",
        "transferDecoder(self.response._bodyDataReceived, self._finished)",
    ),
    PrivateName(NEWCLIENT, "HTTPClientParser.connectionLost", "self.bodyDecoder.noMoreData()"),
    PrivateName(NEWCLIENT, "HTTPClientParser.connectionLost", "except _DataLoss:"),
)

# The pace of each host: Scrapy has no public pause, and counts a request only when its task first runs.
PACE = (
    PrivateName(DOWNLOADER, "Downloader._enqueue_request", "key, slot = self._get_slot(request)"),
    PrivateName(DOWNLOADER, "Downloader._enqueue_request", "slot.queue.append((request, "),
    PrivateName(DOWNLOADER, "Downloader._process_queue", "if slot.latercall:"),
    PrivateName(DOWNLOADER, "Downloader._process_queue", "self._wait_for_download(slot, request, queue_dfd)"),
    PrivateName(DOWNLOADER, "Downloader._latercall", "slot.latercall = None"),
    PrivateName(DOWNLOADER, "Downloader._download", "slot.transferring.add(request)"),
    PrivateName("scrapy.extensions.throttle", "AutoThrottle", "self._adjust_delay(slot, latency, response)"),
)

# The engine: nothing public says that a run is ending. The command: creating the crawler by the public method
# would lose Scrapy's warning about feeds that no extension writes.
ENGINE = (
    PrivateName("scrapy.core.engine", "ExecutionEngine.__init__", "self._slot: _Slot | None = None"),
    PrivateName("scrapy.core.engine", "ExecutionEngine", "self._slot.closing is not None"),
    PrivateName("scrapy.commands", "BaseRunSpiderCommand", "_create_crawler"),
)

# Lanes are killed one by one: ProcessPoolExecutor.kill_workers() is new in Python 3.14.
LANES = (PrivateName("concurrent.futures.process", "ProcessPoolExecutor.__init__", "self._processes = {}"),)

# Charsets: nothing public says which of Python's codecs decode bytes to text.
CODECS = (PrivateName("codecs", "CodecInfo", "_is_text_encoding = True"),)

PRIVATE_NAMES = (*WIRE, *PARSER, *PACE, *ENGINE, *LANES, *CODECS)


@cache
def check_contract() -> None:
    """Raise ArchiveError, naming the change, where the source of a private name has changed."""
    for private in PRIVATE_NAMES:
        if private.source not in _source(private):
            raise ArchiveError(
                f"Warraq does not work with this release of {private.module.partition('.')[0]}:"
                f" {private.module}.{private.place} no longer contains {private.source!r}."
                " Install the releases that Warraq names in its pyproject.toml."
            )


def _source(private: PrivateName) -> str:
    """Return the source of the place, an empty string where the place or its source is gone."""
    try:
        return inspect.getsource(attrgetter(private.place)(import_module(private.module)))
    except (AttributeError, ImportError, OSError, TypeError):
        return ""
