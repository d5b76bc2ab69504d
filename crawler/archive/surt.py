"""Makes the sort key of a URL in a CDXJ index (SURT): the host reversed, unimportant parts left out.

Follows the rules of the Internet Archive's Wayback Machine, so that pywb and others find our captures.
Different URLs can have one key, `/a%2Fb` and `/A/b/` for example: only the URL itself identifies a page.
"""

import re
import socket
from urllib.parse import quote_from_bytes, unquote_to_bytes

_PARTS = re.compile(r"(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(?:.*@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?", re.DOTALL)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_KEPT = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"  # printable ASCII but space, # and %
_NESTED = re.compile(rb"%(?:25)+")  # one pass; a pass for each level would let a URL demand any number
_LONGEST = 16_384
_WWW = re.compile(rb"www\d*\.")
_SESSION_FOLDERS = (
    re.compile(rb"(.*/)\((?:[a-z]\([0-9a-z]{24}\))+\)/([^?]+\.aspx.*)", re.IGNORECASE),
    re.compile(rb"(.*/)\([0-9a-z]{24}\)/([^?]+\.aspx.*)", re.IGNORECASE),
)
_SESSION_ARGUMENTS = tuple(
    re.compile(rb"(.*)(?:" + pattern + rb")(?:&(.*))?", re.IGNORECASE)
    for pattern in (
        rb"jsessionid=[0-9a-zA-Z]{32}",
        rb"phpsessid=[0-9a-zA-Z]{32}",
        rb"sid=[0-9a-zA-Z]{32}",
        rb"aspsessionid[a-zA-Z]{8}=[a-zA-Z]{24}",
        rb"cfid=[^&]+&cftoken=[^&]+",
    )
)


def surt_key(uri: str) -> str:
    """Return `org,example)/path?query` for an absolute http or https URL in ASCII.

    Raises ValueError for anything else, and for a URL of more than 16 KB, which no index needs.
    """
    found = _PARTS.fullmatch(uri) if len(uri) <= _LONGEST else None
    authority = _AUTHORITY.fullmatch(found[2]) if found else None
    if found is None or authority is None or not authority[1]:
        raise ValueError(f"{uri!r} is no absolute http or https URL")
    host = b",".join(reversed(_host(authority[1]).split(b".")))
    port = int(authority[2] or 0)
    if port and port != _DEFAULT_PORTS[found[1].lower()]:
        host += b":%d" % port
    query = _query(found[4] or "")
    return (host + b")" + _path(found[3]) + (b"?" + query if query else b"")).decode("ascii")


def _unescape(text: str | bytes) -> bytes:
    """Decode percent escapes until none is left: `%2525` becomes `%`."""
    data = text.encode("ascii") if isinstance(text, str) else text
    while (plain := unquote_to_bytes(_NESTED.sub(b"%", data))) != data:
        data = plain
    return data


def _escape(data: bytes) -> bytes:
    return quote_from_bytes(data, safe=_KEPT).encode("ascii")


def _host(text: str) -> bytes:
    host = _unescape(text.strip("[]").lower())
    if not host.isascii():
        try:
            host = host.decode("utf-8", "ignore").encode("idna")
        except UnicodeError:
            return _without_www(_escape(host.lower()))
    host = host.replace(b"..", b".").strip(b".")
    if host.isdigit():
        return socket.inet_ntoa((int(host) & 0xFFFF_FFFF).to_bytes(4, "big")).encode("ascii")
    return _without_www(_escape(host.lower()))


def _without_www(host: bytes) -> bytes:
    www = _WWW.match(host)
    return host[www.end() :] if www else host


def _path(text: str) -> bytes:
    kept: list[bytes] = []
    for segment in _unescape(text).split(b"/")[1:]:
        if segment == b"..":
            kept = kept[:-1] if kept else [segment]
        elif segment != b".":
            kept.append(segment)
    path = b"/" + b"/".join([segment for segment in kept[:-1] if segment] + kept[-1:])
    path = _escape(path)
    for pattern in _SESSION_FOLDERS:
        if found := pattern.fullmatch(path):
            path = found[1] + found[2]
    path = path.lower()
    return path[:-1] if path.endswith(b"/") and path != b"/" else path


def _query(text: str) -> bytes:
    query = _escape(_unescape(text))
    for pattern in _SESSION_ARGUMENTS:
        if found := pattern.fullmatch(query):
            query = found[1] + (found[2] or b"")
    arguments = sorted(query.lower().split(b"&"), key=_name_then_value)
    return b"&".join(arguments)


def _name_then_value(argument: bytes) -> tuple[bytes, bytes, bytes]:
    return argument.partition(b"=")
