"""The rules of one robots.txt, read from its bytes (RFC 9309). Pure: imports nothing of Scrapy.

The project has a parser of its own for three reasons (docs/decisions.md): a product token ends where RFC
9309 ends it, so that `Warraq/0.1` binds Warraq and `War` does not; lines that are not UTF-8 keep their
meaning; and percent-encoded bytes of windows-1256 are compared as bytes.
"""

import codecs
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote, quote_from_bytes, urlsplit

from w3lib.encoding import resolve_encoding

EVERY_AGENT = "*"
DEFAULT_CHARSET = "cp1256"  # of a line that is not UTF-8, where the response names no charset
_FIELD = re.compile(
    rb"(?:(?P<agent>user[- ]?agent)|(?P<allow>allow)"
    rb"|(?P<disallow>disallow|dissallow|dissalow|disalow|diasllow|disallaw)"  # Google reads these typos, too
    rb"|(?P<delay>crawl[- ]?delay))[ \t]*(?:[ \t:])[ \t]*(?P<value>.*)",
    re.IGNORECASE | re.DOTALL,
)
_TOKEN = re.compile(r"[a-z_-]+", re.IGNORECASE)  # section 2.2.1: product-token
_UNRESERVED = re.compile(r"%(?:2[DE]|3\d|4[1-9A-F]|5[0-9A]|5F|6[1-9A-F]|7[0-9A]|7E)")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_KEPT = "%/:?#[]@!&'()+,;="  # reserved characters (RFC 3986, section 2.2) except the special `*` and `$`


@dataclass(frozen=True, slots=True)
class Rule:
    """One Allow or Disallow line. In its pattern, `*` and a last `$` are special (section 2.2.3)."""

    allows: bool
    length: int  # of the normalized pattern: the longest rule that matches decides
    parts: tuple[str, ...]  # of the pattern, between its `*`
    anchored: bool  # the pattern ends in `$`

    @classmethod
    def of(cls, pattern: str, *, allows: bool) -> Self:
        """Compile a normalized pattern."""
        anchored = pattern.endswith("$")
        parts = tuple(pattern.removesuffix("$").split("*"))
        return cls(allows=allows, length=len(pattern), parts=parts, anchored=anchored)

    def matches(self, path: str) -> bool:
        """Say whether the rule applies to a normalized path. Takes time linear in the path's length."""
        first, *others = self.parts
        if not path.startswith(first):
            return False
        if not others:
            return not self.anchored or path == first
        position = len(first)
        for part in others[:-1]:
            position = path.find(part, position)
            if position < 0:
                return False
            position += len(part)
        if self.anchored:
            return path.endswith(others[-1]) and len(path) - len(others[-1]) >= position
        return path.find(others[-1], position) >= 0


@dataclass(slots=True)
class Group:
    """All rules for one product token, merged from every group that names it (section 2.2.1)."""

    rules: list[Rule] = field(default_factory=list)
    crawl_delay: float | None = None  # seconds

    def allows(self, path: str) -> bool:
        """Apply the longest rule that matches; of two equally long ones, the Allow (section 2.2.2)."""
        matching = [(rule.length, rule.allows) for rule in self.rules if rule.matches(path)]
        return max(matching)[1] if matching else True


class RobotsRules:
    """A robots.txt as a parser of Scrapy's is asked: by `allowed` and `crawl_delay`."""

    def __init__(self, body: bytes, *, charset: str | None = None) -> None:
        """Read the body of a robots.txt. `charset` is the one of its Content-Type, for lines not in UTF-8."""
        self._groups: dict[str, Group] = {}
        named = resolve_encoding(charset) if charset else None
        self._read(body, named if named not in {None, "utf-8"} else DEFAULT_CHARSET)

    def allowed(self, url: str, user_agent: str) -> bool:
        """Say whether the crawler may ask for an absolute URL. robots.txt itself is always allowed."""
        path = _normalized_path(url)
        group = self._group(user_agent)
        return group is None or path == "/robots.txt" or group.allows(path)

    def crawl_delay(self, user_agent: str) -> float | None:
        """Return the seconds between two requests that the rules ask for, None where they ask for none."""
        group = self._group(user_agent)
        return group.crawl_delay if group else None

    def _group(self, user_agent: str) -> Group | None:
        token = _token(user_agent)
        return self._groups.get(token or EVERY_AGENT) or self._groups.get(EVERY_AGENT)

    def _read(self, body: bytes, charset: str) -> None:
        current: list[Group] = []
        rules_seen = False
        for line in _lines(body):
            found = _FIELD.fullmatch(line)
            if found is None:
                continue  # Sitemap and other lines end no run of User-agent lines (section 2.2.4)
            value = found["value"].strip()
            if found["agent"]:
                current = [] if rules_seen else current
                rules_seen = False
                current += [self._groups.setdefault(token, Group()) for token in _tokens(value)]
            elif found["delay"]:
                _set_delay(current, value)
            else:
                rules_seen = True
                rules = list(_rules(value, charset, allows=bool(found["allow"])))
                for group in current:
                    group.rules += rules


def _lines(body: bytes) -> Iterator[bytes]:
    """Split a body into its lines, without comments and surrounding blanks; UTF-16 becomes UTF-8."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if body.startswith(mark) or (body[:1] != mark[:1] and _looks_like(body, encoding)):
            body = body.decode(encoding, "replace").encode("utf-8", "replace").removeprefix(codecs.BOM_UTF8)
            break
    for length in (3, 2, 1):  # a byte order mark, or what is left of one
        body = body.removeprefix(codecs.BOM_UTF8[:length])
    for line in re.split(rb"\r\n|\r|\n", body):
        yield line.partition(b"#")[0].strip()


def _looks_like(body: bytes, encoding: str) -> bool:
    """Recognize UTF-16 without a mark: every second byte of the ASCII in the first line is 0."""
    zeros = 1 if encoding == "utf-16-le" else 0
    start = body[:16]
    return len(start) > 1 and not any(start[zeros::2]) and all(start[1 - zeros :: 2])


def _tokens(value: bytes) -> Iterator[str]:
    """Yield the product tokens of a User-agent line in lower case; a list with commas names several."""
    for name in value.decode("latin-1").split(","):
        if re.fullmatch(r"\*(?:\s.*)?", name.strip(), re.DOTALL):
            yield EVERY_AGENT
        elif token := _token(name):
            yield token


def _token(name: str) -> str:
    """Return the product token that a name begins with, in lower case; an empty string where it has none."""
    found = _TOKEN.match(name.strip())
    return found[0].lower() if found else ""


def _rules(value: bytes, charset: str, *, allows: bool) -> Iterator[Rule]:
    """Yield the rules of one line. Allowing `/x/index.html` allows `/x/` as well, as it does for Google."""
    for pattern in _patterns(value, charset):
        yield Rule.of(pattern, allows=allows)
        if allows and pattern.endswith("/index.html"):
            yield Rule.of(pattern.removesuffix("index.html") + "$", allows=True)


def _patterns(value: bytes, charset: str) -> list[str]:
    """Return the normalized patterns of a rule: none for an empty value, two for a value not in UTF-8.

    The URLs of a site in windows-1256 carry its bytes or UTF-8, as the site likes, so both are matched.
    """
    if not value:
        return []
    try:
        return [_normalized(value.decode("utf-8"))]
    except UnicodeDecodeError:
        raw = quote_from_bytes(value, safe="*$ " + _KEPT)
        return [_normalized(raw), _normalized(value.decode(charset, "replace"))]


def _normalized(pattern: str) -> str:
    anchor = "$" if pattern.endswith("$") else ""
    return _escaped(pattern.removesuffix("$"), special="*") + anchor


def _normalized_path(url: str) -> str:
    parts = urlsplit(url.partition("#")[0])
    query = f"?{parts.query}" if "?" in url else ""
    return _escaped((parts.path or "/") + query)


def _escaped(text: str, *, special: str = "") -> str:
    """Spell a path one way (section 2.2.2): upper-case escapes, none of unreserved characters."""
    text = _ESCAPE.sub(lambda escape: escape[0].upper(), text)
    text = _UNRESERVED.sub(lambda escape: chr(int(escape[0][1:], 16)), text)
    return quote(text, safe=_KEPT + special, errors="replace")


def _set_delay(groups: list[Group], value: bytes) -> None:
    try:
        seconds = float(value)
    except ValueError:
        return
    if math.isfinite(seconds) and seconds >= 0:
        for group in groups:
            group.crawl_delay = seconds
