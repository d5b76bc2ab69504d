"""Twisted's HTTP/1.1 client, extended: it copies the bytes on the wire and chooses the target of connections.

`crawler.capture.contract` lists the private names of Scrapy and Twisted that are used here.
"""

from collections.abc import Callable, Hashable
from typing import Any

from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientFactory, _LenientHTTP11ClientProtocol
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import (
    IHandshakeListener,
    IProtocolFactory,
    ISSLTransport,
    IStreamClientEndpoint,
)
from twisted.web.client import HTTPConnectionPool
from zope.interface import implementer

from crawler.capture.connect_to import ConnectTo
from crawler.capture.peers import PrivateAddressError, iana_suite, is_public, version_name
from crawler.capture.response_parser import ResponseParser
from crawler.capture.wiretap import CURRENT_TAP, Leg, TeeTransport, Wiretap

# Types that Twisted describes by zope interfaces, which mypy cannot read.
Endpoint = Any
Factory = Any
Policy = Any
WireRequest = Any  # twisted.web._newclient.Request

_HEAD_STATES = frozenset({"STATUS", "HEADER"})  # states of Twisted's parser before the body
_MAX_LINE = 64 * 1024  # bytes; Twisted's 16 KiB are too few for the security policies of some sites
_DIRECT_KEY_PARTS = 4  # scheme, host, port, local address; keys of proxied connections have others


@implementer(IHandshakeListener)
class CaptureProtocol(_LenientHTTP11ClientProtocol):
    """Copy what the connection sends and receives to the leg of the current request."""

    transport: Any  # a TCP connection, or TLS over one
    _parser: Any
    _tap: Wiretap
    _leg: Leg | None = None
    _receiving = False
    _tls: tuple[str, str | None] | None = None

    def handshakeCompleted(self) -> None:  # noqa: N802
        connection = self.transport.getHandle()
        self._tls = (
            version_name(connection.get_protocol_version_name()),
            iana_suite(connection.get_cipher_name()),
        )
        if self._leg is not None:
            self._leg.tls, self._leg.sent = self._tls, True

    def request(self, request: WireRequest) -> Deferred[Any]:
        self._tap = request.warraq_tap
        leg = self._leg = self._tap.begin()
        leg.ip = self.transport.getPeer().host.partition("%")[0]
        leg.tls = self._tls
        leg.sent = self._tls is not None or not ISSLTransport.providedBy(self.transport)
        write = type(request).writeTo
        request.writeTo = lambda transport: write(request, TeeTransport(transport, leg.request))
        try:
            answer: Deferred[Any] = super().request(request)
        finally:
            del request.writeTo  # sending it a second time sets its own
        if self._parser is not None:
            self._parser.__class__ = (
                ResponseParser  # Twisted and Scrapy offer no other way to choose a parser
            )
            self._parser.MAX_LENGTH = _MAX_LINE
            self._parser.lineLengthExceeded = lambda _line: self._cut(leg, "headers")
        return answer

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        leg = self._leg
        if leg is not None:
            leg.response += data
        self._receiving = True
        try:
            super().dataReceived(data)  # type: ignore[no-untyped-call]
        finally:
            self._receiving = False
        if leg is not None and leg is self._leg and leg.overlong is None:  # the response goes on
            self._bound(leg)

    def _bound(self, leg: Leg) -> None:
        """Bound the head and the chunk framing; Scrapy bounds only the length of a body and the time."""
        if len(leg.response) > self._tap.max_head and self._in_head():
            self._cut(leg, "headers")
        elif len(leg.response) > self._tap.max_wire:
            self._cut(leg, "framing")

    def _in_head(self) -> bool:
        return self._parser is not None and self._parser.state in _HEAD_STATES

    def _cut(self, leg: Leg, overlong: str) -> None:
        leg.overlong = overlong
        self.transport.abortConnection()

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802
        leg, self._leg = self._leg, None
        if leg is not None:
            leg.complete = True
            leg.by_closing = not self._receiving
            leg.excess = len(rest)
            del leg.response[len(leg.response) - len(rest) :]
        super()._finishResponse(rest)


class CaptureFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> CaptureProtocol:  # noqa: N802, ARG002
        return CaptureProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _TappedConnection:
    """A connection from the pool that passes the wiretap of its request on."""

    def __init__(self, connection: Any, tap: Wiretap) -> None:
        self._connection = connection
        self._tap = tap

    def request(self, request: WireRequest) -> Deferred[Any]:
        request.warraq_tap = self._tap
        answer: Deferred[Any] = self._connection.request(request)
        return answer


class CapturePool(HTTPConnectionPool):
    """A pool that taps every connection, applies CONNECT_TO and refuses private addresses.

    A connection through a proxy goes to the proxy at any address, and the proxy decides what it reaches.
    """

    _factory = CaptureFactory

    def __init__(
        self, reactor: Any, *, policy: Policy, connect_to: ConnectTo, private_hosts: frozenset[str]
    ) -> None:
        super().__init__(reactor, persistent=True)  # type: ignore[no-untyped-call]
        self._policy = policy
        self._connect_to = connect_to
        self._private_hosts = private_hosts

    def getConnection(  # noqa: N802
        self, key: Hashable, endpoint: Endpoint
    ) -> Deferred[Any]:
        tap = CURRENT_TAP.get()
        if isinstance(key, tuple) and len(key) == _DIRECT_KEY_PARTS and key[0] in {b"http", b"https"}:
            endpoint = self._endpoint(tap, *key)
        connection = super().getConnection(key, endpoint)
        return connection.addCallback(_TappedConnection, tap)

    def _endpoint(self, tap: Wiretap, scheme: bytes, host: bytes, port: int, local: Any) -> Endpoint:
        name = host.decode("ascii").lower()
        detour = self._connect_to.target(name, port)
        target = detour or (name, port)
        endpoint: Endpoint = HostnameEndpoint(
            self._reactor, *target, timeout=tap.connect_seconds, bindAddress=local
        )
        if detour is None and name not in self._private_hosts:
            endpoint = _PublicEndpoint(endpoint, tap)
        if scheme == b"https":
            endpoint = wrapClientTLS(self._policy.creatorForNetloc(host, port), endpoint)
        return endpoint


@implementer(IStreamClientEndpoint)
class _PublicEndpoint:
    """An endpoint that connects to public addresses only. It is below TLS, so no handshake is sent either."""

    def __init__(self, endpoint: Endpoint, tap: Wiretap) -> None:
        self._endpoint = endpoint
        self._tap = tap

    def connect(self, factory: Factory) -> Deferred[Any]:
        connected: Deferred[Any] = self._endpoint.connect(_PublicFactory(factory, self._refuse))
        return connected

    def _refuse(self, address: str) -> None:
        self._tap.refused = address


@implementer(IProtocolFactory)
class _PublicFactory:
    """Check the peer when Twisted asks for a protocol: its address is known, and nothing was sent yet."""

    def __init__(self, factory: Factory, refuse: Callable[[str], None]) -> None:
        self._factory = factory
        self._refuse = refuse

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        if not is_public(addr.host):
            self._refuse(addr.host)
            raise PrivateAddressError(f"{addr.host} is not an address of the public internet")
        return self._factory.buildProtocol(addr)

    def doStart(self) -> None:  # noqa: N802
        self._factory.doStart()

    def doStop(self) -> None:  # noqa: N802
        self._factory.doStop()
