"""RSS and Atom feeds. Pure.

A feed goes through lxml before feedparser sees it: entities are refused, broken XML is mended, all but
titles, links and dates is left out. So feedparser gets small, well-formed UTF-8 without a document type,
always as a stream: given bytes it would first try to open a file of that name, and its patterns for document
types and its reader of broken XML take quadratic time.
"""

import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree

from crawler.arabic.decoding import decode
from crawler.discovery.inflate import PIECE
from crawler.discovery.moments import read_moment
from crawler.discovery.paging import Page
from crawler.discovery.scope import Scope
from crawler.discovery.sieve import Entry, plain_text, refusal, unanswered
from crawler.discovery.source import Answer, Finding, Lookup, Refusal, Window
from crawler.discovery.xml import announces_entities, declares_entities, local_name, without_controls
from crawler.urls import absolute

MAX_BYTES = 10 * 2**20  # of a feed, content-encoding undone
MAX_ENTRIES = 5_000  # feeds hold some dozens
MAX_ELEMENTS = 20 * MAX_ENTRIES  # that are left after pruning
MAX_PAGES = 1_000

_ROOTS = frozenset({"rss", "feed", "rdf"})
_ITEMS = frozenset({"item", "entry"})
_KEPT = _ROOTS | _ITEMS | {
    "channel", "title", "link", "origlink", "guid", "id", "generator",
    "pubdate", "date", "published", "updated", "issued", "modified", "created",
    "div", "p", "span", "b", "i", "em", "strong",  # of a title in XHTML
}  # fmt: skip
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_OLDER = ("next", "prev-archive")  # RFC 5005: paged feeds, archived feeds


@dataclass(frozen=True, slots=True)
class Feed:
    """An RSS or Atom feed, and with `pages` the older pages of it that RFC 5005 or WordPress offers.

    Raises ValueError where pages are not 1 to MAX_PAGES.
    """

    url: str
    pages: int = 1

    kind: ClassVar[str] = "feed"

    def __post_init__(self) -> None:
        if not 1 <= self.pages <= MAX_PAGES:
            raise ValueError(f"Feed {self.url!r}: pages must be 1 to {MAX_PAGES}; it is {self.pages}.")

    def lookups(self, window: Window) -> Iterator[Lookup]:  # noqa: ARG002 - a feed has one beginning
        yield Lookup(url=self.url, source=self)

    def read(self, lookup: Lookup, answer: Answer, window: Window, scope: Scope) -> Iterator[Finding]:
        if missing := unanswered(answer):
            yield missing
            return
        parsed = _parse(answer)
        if isinstance(parsed, Refusal):
            yield parsed
            return
        page = Page(lookup, window, scope)
        for item in parsed.entries[:MAX_ENTRIES]:
            entry = _entry(item, answer.url, scope)
            yield page.sift(entry) if entry else refusal("no-link", str(dict.get(item, "title", "")))
        if len(parsed.entries) > MAX_ENTRIES:
            yield refusal("too-many-entries", answer.url)
        yield from page.turn(_older(parsed.feed, lookup, answer), self.pages)


def _parse(answer: Answer) -> Any:
    """The feed as feedparser's dictionary, or the refusal."""
    if len(answer.body) > MAX_BYTES:
        return refusal("too-big", answer.url)
    text = without_controls(decode(answer.body, answer.headers.get("content-type")).text).lstrip()
    if announces_entities(text.encode("utf-8", "replace")):
        return refusal("entity", answer.url)
    root = _mended(text)
    if root is None or local_name(root) not in _ROOTS:
        return refusal("not-a-feed", answer.url)
    if declares_entities(root):
        return refusal("entity", answer.url)
    _prune(root)
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        return refusal("too-many-entries", answer.url)
    stream = io.BytesIO(etree.tostring(root, encoding="utf-8"))
    headers = {"content-type": "application/xml; charset=utf-8"}
    import feedparser  # noqa: PLC0415 - slow to load, and every command loads this module

    return feedparser.parse(
        stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


def _mended(text: str) -> Any:
    """The root of the document after the parser mended what it could, or None where there is nothing."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    document = _NAMED.sub(_character, text).encode("utf-8", "replace")
    try:
        for start in range(0, len(document), PIECE):  # piecewise: read at once, each fault costs a log entry
            parser.feed(document[start : start + PIECE])
        return parser.close()
    except etree.XMLSyntaxError:
        return None


def _character(name: re.Match[str]) -> str:
    """HTML's names for characters, which feeds use and XML does not know."""
    return name[0] if name[1] in _OF_XML else html.unescape(name[0])


def _prune(root: Any) -> None:
    """Leaves of a feed what this module reads: no bodies, no extensions, no entities."""
    dropped = {element.tag for element in root.iter(etree.Element) if local_name(element) not in _KEPT}
    if dropped:
        etree.strip_elements(root, *dropped, with_tail=False)
    etree.strip_tags(root, etree.Entity)
    items = [element for element in root.iter(etree.Element) if local_name(element) in _ITEMS]
    for item in items[MAX_ENTRIES + 1 :]:  # the one too many tells the reader
        item.getparent().remove(item)


def _entry(item: Any, base: str, scope: Scope) -> Entry | None:
    link = _link(item, base, scope)
    if link is None:
        return None
    detail = dict.get(item, "title_detail", {})
    title = dict.get(item, "title")
    return Entry(
        via=Feed.kind,
        base=base,
        link=link,
        title=plain_text(title) if title and detail.get("type") != "text/plain" else title,
        published=read_moment(dict.get(item, "published")),
        modified=read_moment(dict.get(item, "updated")),
        vouched=True,
    )


def _link(item: Any, base: str, scope: Scope) -> str | None:
    """The address on the site among those an entry gives: counting services put their own in front of it."""
    original, link, name = (dict.get(item, key) for key in ("feedburner_origlink", "link", "id"))
    if link == name and dict.get(item, "guidislink"):  # a bare guid, which feedparser takes for a link
        link = None
    if name and not name.lower().startswith(("http://", "https://")):
        name = None
    links = [given for given in (original, link, name) if given]
    for link in links:
        url = absolute(base, link)
        if url and scope.on_site(url):
            return str(link)
    return str(links[0]) if links else None


def _older(feed: Any, lookup: Lookup, answer: Answer) -> str | None:
    """The address of the next older page: the one the feed declares, or WordPress's way."""
    for relation in _OLDER:
        for link in dict.get(feed, "links", []):
            if link.get("rel") == relation and link.get("href"):
                return absolute(answer.url, link["href"])
    if "wordpress" not in str(dict.get(feed, "generator", "")).lower():
        return None
    parts = urlsplit(lookup.url)
    query = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "paged"
    ]
    return urlunsplit(parts._replace(query=urlencode([*query, ("paged", str(lookup.page + 1))])))
