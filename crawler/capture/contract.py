"""Checks that Scrapy and Twisted are still built the way the capture needs.

The exact bytes can only be had through names that the two keep private. Should an upgrade move one, a crawl
must not start, rather than archive wrong bytes.
"""

import inspect
from functools import cache
from operator import attrgetter
from types import ModuleType

from scrapy.core.downloader.handlers import http11
from twisted.protocols import basic
from twisted.web import _newclient, client

from crawler.errors import ArchiveError

# module, function in it, what its source must say
_NEEDED: tuple[tuple[ModuleType, str, str], ...] = (
    (http11, "HTTP11DownloadHandler.__init__", "self._pool: HTTPConnectionPool = HTTPConnectionPool("),
    (http11, "HTTP11DownloadHandler.__init__", "self._contextFactory: IPolicyForHTTPS = "),
    (http11, "HTTP11DownloadHandler.download_request", "pool=self._pool"),
    (http11, "HTTP11DownloadHandler.download_request", "agent.download_request(request)"),
    (http11, "_BindAddressAgent._requestWithEndpoint", "key += (self._endpointFactory._bindAddress,)"),
    (http11, "_TunnelingAgent._requestWithEndpoint", "key += self._proxyConf"),
    (http11, "_ScrapyProxyAgent.request", 'key=(b"http-proxy", '),
    (http11, "_LenientHTTP11ClientProtocol.request", "super().request(request)"),
    (http11, "_LenientHTTP11ClientFactory.buildProtocol", "_LenientHTTP11ClientProtocol(self._quiescent"),
    (client, "Agent.request", "key = (parsedURI.scheme, parsedURI.host, parsedURI.port)"),
    (client, "_AgentBase._requestWithEndpoint", "self._pool.getConnection(key, endpoint)"),
    (client, "_AgentBase._requestWithEndpoint", "return proto.request("),
    (client, "HTTPConnectionPool._newConnection", "self._factory(quiescentCallback, "),
    (client, "_RetryingHTTP11ClientProtocol.request", "connection.request(request)"),
    (_newclient, "HTTP11ClientProtocol.request", "request.writeTo(self.transport)"),
    (_newclient, "HTTP11ClientProtocol.request", "HTTPClientParser(request, self._finishResponse)"),
    (_newclient, "HTTPParser.lineReceived", "self.state = HEADER"),
    (_newclient, "HTTPParser.switchToBodyMode", "self.state = BODY"),
    (basic, "LineReceiver.dataReceived", "self.lineLengthExceeded("),
    (_newclient, "HTTP11ClientProtocol.dataReceived", "self._parser.dataReceived(bytes)"),
)


@cache
def check_contract() -> None:
    """Raises ArchiveError, naming what has changed."""
    for module, function, needed in _NEEDED:
        if needed not in _source(module, function):
            raise ArchiveError(
                "The bytes on the wire cannot be kept with this release of Scrapy or Twisted:"
                f" {module.__name__}.{function} no longer says {needed!r}."
                " Install the releases that Warraq names in its pyproject.toml."
            )


def _source(module: ModuleType, function: str) -> str:
    try:
        return inspect.getsource(attrgetter(function)(module))
    except (AttributeError, OSError, TypeError):  # gone, without a source, or no function any more
        return ""
