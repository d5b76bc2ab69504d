"""Who may read: the Host header, the password or token, and the requests that are answered at all. Pure.

On loopback without a password, the Host header must name loopback: else a page of the web, whose host name
resolves to 127.0.0.1 (DNS rebinding), could read the archive through the browser of its visitor.
"""

import base64
import binascii
import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

METHODS = ("GET", "HEAD")
COOKIE = "warraq_room"
PARAMETER = "token"
_LONGEST_HEADER = 4_096  # characters of a Host, Cookie or Authorization header


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """The rules of one server."""

    host: str  # the address that it listens on
    names: tuple[str, ...] = ()  # further host names under which it is reached, without port
    secret: str | None = None  # the password or the token; None: only on loopback

    def knows_host(self, header: str | None) -> bool:
        """Return whether a Host header names this server.

        An IP address is safe behind a password, because rebinding needs a name.
        """
        name = _name_of(header)
        if name is None:
            return False
        if name in {"localhost", self.host.lower(), *(each.lower() for each in self.names)}:
            return True
        address = _ip(name)
        return address is not None and (address.is_loopback or self.secret is not None)

    def admits(self, headers: Mapping[str, str], query: str) -> bool:
        """Return whether a request carries the secret: as a cookie, a password or a parameter."""
        if self.secret is None:
            return True
        cookie, password = _cookie(headers.get("cookie", "")), _password(headers.get("authorization", ""))
        return any(
            hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())
            for given, wanted in (
                (cookie, self.cookie()),
                (password, self.secret),
                (token_in(query), self.secret),
            )
        )

    def cookie(self) -> str:
        """Return the value of the cookie: it proves the secret and does not hold it."""
        key = (self.secret or "").encode()
        return hmac.new(key, b"warraq reading room", hashlib.sha256).hexdigest()


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach an address to listen on."""
    address = _ip(host)
    return address.is_loopback if address else host.lower() == "localhost"


def token_in(query: str) -> str:
    """Return the token in the query of an address; empty where there is none."""
    if f"{PARAMETER}=" not in query:
        return ""
    try:
        return parse_qs(query, max_num_fields=100).get(PARAMETER, [""])[0]
    except ValueError:
        return ""


def _name_of(header: str | None) -> str | None:
    """Return the host of a Host header in lower case; None where it is none."""
    if not header or len(header) > _LONGEST_HEADER:
        return None
    try:
        parts = urlsplit(f"//{header}")
        _ = parts.port  # raises ValueError where it is no number
    except ValueError:
        return None
    if parts.path or parts.query or parts.fragment or "@" in header or not parts.hostname:
        return None
    return parts.hostname.rstrip(".")


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None


def _cookie(header: str) -> str:
    if len(header) > _LONGEST_HEADER:
        return ""
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _password(header: str) -> str:
    kind, _, encoded = header[:_LONGEST_HEADER].partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return decoded.partition(":")[2]
