"""Find the pattern of a site's article addresses from examples. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.discovery.shape import readable

MIN_ALIKE = 3  # addresses of one shape
MIN_SHARE = 0.8  # of all addresses

_NUMBER = re.compile(r"\d+")
_NUMBERED = re.compile(r"(\d+)([-_])\D")
_SUFFIX = re.compile(r"\.(?:html?|aspx?|php)$", re.IGNORECASE)
_YEAR_DIGITS, _DAY_DIGITS = 4, 2


def article_pattern(articles: Iterable[str], lists: Iterable[str] = ()) -> str | None:
    """Return a regular expression for `Site.article_url` that matches the articles and none of the lists.

    None where fewer than MIN_ALIKE addresses have one shape, where the shape has no fixed part, or where it
    matches a list. Without a pattern, the shape of each address decides.
    """
    paths = [path for url in dict.fromkeys(articles) if (path := _segments(url))]
    if not paths:
        return None
    length, count = Counter(map(len, paths)).most_common(1)[0]
    alike = [path for path in paths if len(path) == length]
    if count < MIN_ALIKE or count < MIN_SHARE * len(paths):
        return None
    pieces = [_piece([path[place] for path in alike]) for place in range(length)]
    pattern = "/" + "/".join(pieces)
    is_specific = "\\d" in pattern or any(piece and piece[0] not in "[\\" for piece in pieces)
    if not is_specific or any(re.search(pattern, readable(url)) for url in lists):
        return None
    return pattern


def _segments(url: str) -> list[str]:
    return [segment for segment in urlsplit(readable(url)).path.split("/") if segment]


def _piece(values: list[str]) -> str:
    """Return an expression for what the values of one part of the path have in common."""
    if all(_NUMBER.fullmatch(value) for value in values):
        return _digits(values)
    if len(set(values)) == 1 and values[0].isascii():
        return re.escape(values[0])
    endings = {found[0] if (found := _SUFFIX.search(value)) else "" for value in values}
    ending = re.escape(endings.pop()) if len(endings) == 1 else ""
    numbered = [_NUMBERED.match(value) for value in values]
    if all(numbered):
        numbers, marks = zip(*((found[1], found[2]) for found in numbered if found), strict=True)
        if len(set(marks)) == 1:
            return f"{_digits(list(numbers))}{marks[0]}[^/?]+{ending}"
    return f"[^/?]+{ending}"


def _digits(values: list[str]) -> str:
    lengths = {len(value) for value in values}
    if lengths == {_YEAR_DIGITS} and all(value[:2] in {"19", "20"} for value in values):
        return r"\d{4}"
    padded = any(value.startswith("0") for value in values)
    return r"\d{2}" if lengths == {_DAY_DIGITS} and padded else r"\d+"
