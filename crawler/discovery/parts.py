"""Articles of several pages: the address of the page that follows within the same article. Pure.

Many sites call the next article "next", too. Only an address that is the article's own with a page number is
a further page: /story/2/, /story/page/2, story-2.html, ?page=2.
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.discovery.markup import Link, links_of
from crawler.discovery.shape import readable
from crawler.discovery.source import Answer, Refusal

MAX_PARTS = 20  # further pages of one article

_HINT = re.compile(
    rb"\brel\s*=\s*[\"']?[\w\s-]{0,40}\bnext\b|page-links|pagination|pager|post-pages", re.IGNORECASE
)
_PAGE_FIELDS = frozenset({"page", "paged", "pg", "pageno", "page_no", "p"})
_EXTENSION = re.compile(r"(?:\.[A-Za-z]{3,5})?$")
_NUMBERED_PATH = re.compile(r"(.+?)(?:/page)?[/_-](\d{1,3})(\.[A-Za-z]{3,5})?/?")
_INDEX = re.compile(r"/(?:index|default)\.\w{2,5}$", re.IGNORECASE)


def may_go_on(body: bytes) -> bool:
    """Return whether a page shows any sign of a pager, so that it is worth parsing."""
    return _HINT.search(body) is not None


def next_part(answer: Answer, first: str, number: int) -> str | None:
    """Return the address of page `number` of an article, as one of its pages links it, or None.

    `first` is the address of the article's first page.
    """
    links = links_of(answer)
    if isinstance(links, Refusal):
        return None
    for link in (*links.declared, *links.anchors):
        if "next" in link.rel and is_part(link.url, first, number):
            return link.url
    numbered = (link for link in links.anchors if _is_number(link, number))
    return next((link.url for link in numbered if is_part(link.url, first, number)), None)


def part_behind(answer: Answer) -> str | None:
    """Return the address of the next page of an article whose first page is unknown, or None."""
    if not may_go_on(answer.body):
        return None
    parts = urlsplit(answer.url)
    found = [(answer.url, 1)]
    if numbered := _NUMBERED_PATH.fullmatch(parts.path):
        path = numbered[1] + (numbered[3] or "")
        found.append((urlunsplit(parts._replace(path=path)), int(numbered[2])))
    for name, value in parse_qsl(parts.query):
        if name.lower() in _PAGE_FIELDS and value.isdecimal() and len(value) < 4:  # noqa: PLR2004 - see below
            query = [field for field in parse_qsl(parts.query) if field != (name, value)]
            found.append((urlunsplit(parts._replace(query=urlencode(query))), int(value)))
    addresses = (next_part(answer, first, number + 1) for first, number in found)
    return next((url for url in addresses if url), None)


def is_part(url: str, first: str, number: int) -> bool:
    """Return whether an address is that of page `number` of the article whose first page is at `first`."""
    one, other = urlsplit(first), urlsplit(url)
    if one.netloc.lower() != other.netloc.lower():
        return False
    path, further = _INDEX.sub("", readable(one.path)).rstrip("/"), readable(other.path).rstrip("/")
    if one.query == other.query and path:
        stem = _EXTENSION.sub("", path)
        extension = path[len(stem) :]
        endings = [f"{path}/{number}", f"{path}/page/{number}", f"{path}/page-{number}"]
        endings += [f"{stem}{mark}{number}{extension}" for mark in "-_"] + [f"{stem}/{number}{extension}"]
        return further in endings
    if further not in {path, readable(one.path).rstrip("/")}:
        return False
    left = list(parse_qsl(other.query, keep_blank_values=True))
    for field in parse_qsl(one.query, keep_blank_values=True):
        if field not in left:
            return False
        left.remove(field)
    return len(left) == 1 and left[0][0].lower() in _PAGE_FIELDS and left[0][1] == str(number)


def _is_number(link: Link, number: int) -> bool:
    text = link.text.strip()
    return text.isdecimal() and len(text) < 4 and int(text) == number  # noqa: PLR2004 - MAX_PARTS is shorter
