"""Normalise URLs. Pure.

There are two spellings. `ascii_url` is for fetching: it writes the address in ASCII and keeps every escape,
because an old site may answer only to its windows-1256 escapes. `canonical_url` is for keys and comparison:
all spellings of one address become equal.
"""

import re
import unicodedata
from ipaddress import IPv4Address, IPv6Address
from socket import inet_aton
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

import idna

from crawler.errors import InvalidUrlError

MAX_URL = 8192  # ASCII characters: an Arabic slug of a thousand letters still fits

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "!$&'()*+,;=:@/%-._~"
_QUERY_SAFE = _PATH_SAFE + "?"
_PLAIN = re.compile(
    r"https?://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*\.[a-z]{2,63}"
    r"(?:/(?:[A-Za-z0-9!$&'()*+,;=:@/._~-]|%[0-9A-Fa-f]{2})*)"
    r"(?:\?(?:[A-Za-z0-9!$&'()*+,;=:@/._~?-]|%[0-9A-Fa-f]{2})+)?"
)
_SPLIT = re.compile(r"(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.DOTALL)
_SLASHES = re.compile(r"(https?):[/\\]*(?=[^/\\])", re.IGNORECASE)  # browsers read any number of them as two
_LEADING_SLASHES = re.compile(r"[/\\]{2,}")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")  # registries allow less; the name servers decide
_NUMERIC_END = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)")
_BROWSERS_DROP = re.compile(r"[\t\n\r]")  # WHATWG URL removes these everywhere
_EDGES = "".join(map(chr, range(0x21))) + "\xa0\u200b\u200e\u200f\ufeff"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_HIGH_OR_LOW = re.compile(rb"[\x80-\xff]+|[\x00-\x7f]+")
_ARABIC_RUN = re.compile(r"[\u060c\u061b\u061f\u0621-\u06d5\xa0\xab\xbb\u200c-\u200f\u2013-\u201e\u2026]+")
_ARABIC_LETTER = re.compile(r"[\u0621-\u064a\u067e\u0686\u0698\u06a9\u06af\u06be\u06c1\u06d2]")
_LONGEST_HOST = 254  # with the trailing dot
_KEPT = 0xDC00  # a byte that must stay an escape is kept as this lone surrogate plus its value

_TRACKING = """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid li_fat_id igshid igsh
    mc_cid mc_eid _ga _gl _hsenc _hsmi mkt_tok wt_mc xtor srsltid vero_id ncid cmpid ref_src
    ref_url fb_ref fb_source fb_action_ids fb_action_types __twitter_impression guccounter
    guce_referrer guce_referrer_sig
"""
_TRACKING_NAMES = frozenset(_TRACKING.split())
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "at_", "hsa_", "__cf_chl_")


def ascii_url(url: str) -> str:
    """Return the URL in the form of RFC 3986: host in punycode, path and query percent-encoded as UTF-8.

    Escapes are kept, the fragment is removed. The given and the returned URL have at most MAX_URL characters.
    Raises InvalidUrlError if the URL is not absolute http or https, or if it contains credentials.
    """
    if len(url) <= MAX_URL and _PLAIN.fullmatch(url):
        return url
    scheme, host, port, path, query = _parts(url)
    result = f"{scheme}://{host}{port}{path}" + (f"?{query}" if query is not None else "")
    return _bounded(result, url)


def canonical_url(url: str) -> str:
    """Return the one ASCII spelling of an address, for keys and comparison, not for fetching.

    Arabic letters may be raw, UTF-8 escapes of either case, or windows-1256 escapes. The result is NFC with
    resolved dot segments, always https (a page under both schemes is one page), without default ports, the
    trailing dot of the host, tracking parameters, an empty query, the fragment and the trailing slashes of
    the path (the root keeps its slash). `www.` and the order of other parameters are kept, because both can
    lead to other pages. Idempotent. Raises InvalidUrlError.
    """
    _, host, port, path, query = _parts(url)
    port = "" if port in {":80", ":443"} else port
    path = _without_dot_segments(_decoded(path)).rstrip("/") or "/"
    result = f"https://{host.rstrip('.')}{port}{_encoded(path, _PATH_SAFE)}"
    parameters = [
        parameter for parameter in map(_decoded, (query or "").split("&")) if not _is_tracking(parameter)
    ]
    if parameters:
        result += "?" + "&".join(_encoded(parameter, _QUERY_SAFE) for parameter in parameters)
    return _bounded(result, url)


def host_of(url: str) -> str:
    """Return the ASCII host in lower case without port or trailing dot, or an empty string."""
    try:
        return _parts(url)[1].rstrip(".")
    except InvalidUrlError:
        return ""


def absolute(base: str, reference: str) -> str | None:
    """Return a reference on a page as an absolute ASCII URL, or None if it leads to no page.

    References are read as browsers read them (WHATWG URL), with one exception: `http:/host/…` is absolute
    where it names the base's own host.
    """
    reference = _tidied(reference)
    if leading := _LEADING_SLASHES.match(reference):
        reference = "//" + reference[leading.end() :]
    try:
        host = urlsplit(base).netloc
        if host and with_slashes(reference).partition("://")[2].startswith((f"{host}/", f"{host}?")):
            reference = with_slashes(reference)
        return ascii_url(urljoin(base, reference))
    except (InvalidUrlError, ValueError):  # urljoin: brackets that hold no address
        return None


def with_slashes(address: str) -> str:
    """Return an address with two slashes behind its scheme, also where there are none, one, or three.

    For lists whose format demands absolute addresses: there `https:host/page` cannot be relative.
    """
    address = _tidied(address)
    return _SLASHES.sub(r"\1://", address, count=1) if _SLASHES.match(address) else address


def is_private_host(host: str) -> bool:
    """Return whether a host is localhost or a literal private or loopback address.

    All ways of writing an IPv4 address count (127.1, 0x7f000001, 2130706433).
    A name is not resolved.
    """
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _literal(host)
    if address is None:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return not address.is_global or address.is_multicast


def _parts(url: str) -> tuple[str, str, str, str, str | None]:
    """Return scheme, ASCII host, port with its colon or "", ASCII path, and ASCII query or None."""
    if len(url) > MAX_URL:
        raise InvalidUrlError(f"This address is longer than {MAX_URL} characters: {url[:80]}…")
    match = _SPLIT.fullmatch(with_slashes(url))
    if not match:
        raise InvalidUrlError(f"No http or https address: {url[:200]!r}.")
    scheme, authority, path, query = match.groups()
    if "@" in authority:
        raise InvalidUrlError(f"An address with credentials is not fetched: {match[1]}://…@….")
    host, port = _host_and_port(authority, url)
    return (
        scheme.lower(),
        host,
        port,
        _escaped(path, _PATH_SAFE, url) or "/",
        None if query is None else _escaped(query, _QUERY_SAFE, url),
    )


def _tidied(url: str) -> str:
    """Return the text without surrounding white space and invisible marks, with backslashes as slashes."""
    url = _BROWSERS_DROP.sub("", url.strip(_EDGES))
    if "\\" in url:
        head, mark, tail = url.partition("?")
        url = head.replace("\\", "/") + mark + tail
    return url


def _host_and_port(authority: str, url: str) -> tuple[str, str]:
    host, _, port = authority.partition(":")
    if authority.startswith("["):
        address, bracket, rest = authority.partition("]")
        host, colon, port = address + bracket, *rest.partition(":")[1:]
        if not bracket or (rest and not colon) or rest.partition(":")[0]:
            raise InvalidUrlError(f"No host in {url[:200]!r}.")
    if port and not (
        port.isascii() and port.isdigit() and len(port) <= len("65535") and 0 < int(port) < 1 << 16
    ):
        raise InvalidUrlError(f"No port number in {url[:200]!r}.")
    return _ascii_host(host, url), f":{int(port)}" if port else ""


def _ascii_host(host: str, url: str) -> str:
    refusal = InvalidUrlError(f"No host in {url[:200]!r}.")
    if host.startswith("["):
        if "%" in host:  # a zone, or an escape
            raise refusal
        try:
            return f"[{IPv6Address(host[1:-1])}]"
        except ValueError as error:
            raise refusal from error
    try:
        host = unquote_to_bytes(host).decode() if "%" in host else host
        name = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode().lower()
    except (UnicodeError, ValueError) as error:  # idna.IDNAError is a UnicodeError
        raise refusal from error
    labels = name.removesuffix(".").split(".")
    if len(name) > _LONGEST_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise refusal
    if _NUMERIC_END.fullmatch(labels[-1]):  # an IPv4 address, or nothing: 127.1 is no name
        try:
            return str(IPv4Address(name.removesuffix(".")))
        except ValueError as error:
            raise refusal from error
    return name


def _escaped(text: str, safe: str, url: str) -> str:
    if _CONTROL.search(text):
        raise InvalidUrlError(f"Control characters in {url[:200]!r}.")
    try:
        return quote(_STRAY_PERCENT.sub("%25", text), safe=safe)
    except UnicodeEncodeError as error:
        raise InvalidUrlError(f"Broken characters in {url[:200]!r}.") from error


def _decoded(component: str) -> str:
    """Return the text in NFC with escapes decoded; bytes that must stay escapes become lone surrogates."""
    if "%" not in component:
        return component
    return unicodedata.normalize("NFC", _ESCAPES.sub(_decoded_run, component))


def _decoded_run(match: re.Match[str]) -> str:
    return "".join(_letters(run) for run in _HIGH_OR_LOW.findall(unquote_to_bytes(match[0])))


def _letters(run: bytes) -> str:
    if run.isascii():
        return "".join(chr(byte) if byte in _UNRESERVED else chr(_KEPT + byte) for byte in run)
    try:
        text = run.decode()
    except UnicodeDecodeError:
        text = run.decode("cp1256", errors="replace")
        if not (_ARABIC_RUN.fullmatch(text) and _ARABIC_LETTER.search(text)):
            return "".join(chr(_KEPT + byte) for byte in run)
    return text


def _encoded(text: str, safe: str) -> str:
    if text.isascii():
        return quote(text, safe=safe)
    return "".join(
        f"%{ord(letter) - _KEPT:02X}" if _KEPT <= ord(letter) < _KEPT + 256 else quote(letter, safe=safe)
        for letter in text
    )


def _without_dot_segments(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)


def _is_tracking(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return not parameter or name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES)


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        if ":" in host:
            return IPv6Address(host)
        if _NUMERIC_END.fullmatch(host.rpartition(".")[2]):
            return IPv4Address(inet_aton(host))  # reads every old way of writing one
    except (OSError, ValueError):
        return None
    return None


def _bounded(result: str, url: str) -> str:
    if len(result) > MAX_URL:
        raise InvalidUrlError(f"This address is longer than {MAX_URL} characters in ASCII: {url[:80]}…")
    return result
