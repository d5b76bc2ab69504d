"""Refuses unsafe requests before the application sees them, and adds safe headers to every answer."""

from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crawler.browse.access import COOKIE, METHODS, PARAMETER, Access, token_in

LONGEST_ADDRESS = 100_000  # bytes of a path and its query
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}
_WEEK = 7 * 24 * 3_600  # seconds


class Safety:
    """The outermost ASGI application."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store" if self._access.secret else "no-cache")
            await send(message)

        answer = self._answer(scope)
        await (answer or self._app)(scope, receive, send_safely)

    def _answer(self, scope: Scope) -> Response | None:
        """Return the answer to a request that the application must not see; None where it may."""
        headers = Headers(scope=scope)
        query = scope["query_string"].decode("latin-1")
        if scope["method"] not in METHODS:
            sentence = "This server only shows pages: use GET or HEAD."
            return _refusal(HTTPStatus.METHOD_NOT_ALLOWED, sentence, Allow=", ".join(METHODS))
        if not self._access.knows_host(headers.get("host")):
            sentence = (
                "The Host header does not name this server; open the address that scrapy browse printed."
            )
            return _refusal(HTTPStatus.MISDIRECTED_REQUEST, sentence)
        if not self._access.admits(headers, query):
            sentence = "This reading room needs its password, or the address with its token."
            return _refusal(
                HTTPStatus.UNAUTHORIZED,
                sentence,
                **{"WWW-Authenticate": 'Basic realm="Warraq", charset="UTF-8"'},
            )
        if len(scope.get("raw_path", b"")) + len(query) > LONGEST_ADDRESS:
            sentence = f"The address is too long: it may have {LONGEST_ADDRESS:,} bytes. Shorten the query."
            return _refusal(HTTPStatus.REQUEST_URI_TOO_LONG, sentence)
        if self._access.secret is not None and token_in(query):
            return self._without_token(scope["path"], query)
        return None

    def _without_token(self, path: str, query: str) -> Response:
        """Move the token from the address, which browsers keep, into a cookie."""
        rest = urlencode([pair for pair in parse_qsl(query) if pair[0] != PARAMETER])
        address = "/" + path.lstrip("/")  # two slashes would begin the name of another host
        answer = RedirectResponse(f"{address}?{rest}" if rest else address, HTTPStatus.SEE_OTHER)
        answer.set_cookie(COOKIE, self._access.cookie(), max_age=_WEEK, httponly=True, samesite="strict")
        return answer


def _refusal(status: HTTPStatus, sentence: str, **headers: str) -> Response:
    return PlainTextResponse(f"{sentence}\n", status, headers)
