"""The Atom feed of a search: articles that are new, edited or taken down, the latest event first."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from lxml import etree
from starlette.responses import Response

from crawler.browse.asked import Asked, read_search
from crawler.browse.rendering import web_address
from crawler.browse.view import View
from crawler.report.page import clean_text, node
from crawler.search.catalogue_values import Gone, Version
from crawler.search.results import Hit

_LOOKED_AT = 300  # articles of the search, those published last
_ENTRIES = 100
_BEGINNING = "1970-01-01T00:00:00Z"

Event = Literal["new", "edited", "gone"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What happened to an article."""

    event: Event
    moment: str  # RFC 3339, UTC: when a crawl saw it
    version: Version  # the newest one by then
    hit: Hit


def feed(view: View) -> Response:
    """Make the feed of the search in the address."""
    pairs = [(name, value) for name, value in view.pairs if name not in {"sort", "page"}]
    asked = read_search([*pairs, ("sort", "newest")], limit=_LOOKED_AT)
    entries = _entries(view, asked)[:_ENTRIES]
    title = view.wording.word("feed-title", words=asked.query.words or view.wording.word("all-articles"))
    own = f"{view.origin}{asked.address('/feed.atom', sort=None)}"
    root = node(
        "feed",
        node("title", clean_text(title)),
        node("id", own),
        node("updated", entries[0].moment if entries else _BEGINNING),
        node("link", rel="self", type="application/atom+xml", href=own),
        node("link", rel="alternate", type="text/html", href=f"{view.origin}{asked.address('/search')}"),
        node("generator", "Warraq"),
        *(_entry(view, each) for each in entries),
        xmlns="http://www.w3.org/2005/Atom",
    )
    content = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(content, media_type="application/atom+xml")


def _entries(view: View, asked: Asked) -> list[Entry]:
    catalogue = view.room.catalogue
    gone = {each.last.version_id: each for each in catalogue.gone() if each.last and each.returned is None}
    entries = []
    for hit in view.room.index.search(asked.query).hits:
        versions = catalogue.history(hit.version_id)
        for place, version in enumerate(versions):
            event: Event = "edited" if place else "new"
            entries.append(Entry(event=event, moment=_utc(version.fetched), version=version, hit=hit))
        entries += [
            _taken_down(gone[version.version_id], version, hit)
            for version in versions
            if version.version_id in gone
        ]
    return sorted(entries, key=lambda entry: (entry.moment, entry.version.version_id), reverse=True)


def _taken_down(gone: Gone, version: Version, hit: Hit) -> Entry:
    return Entry(event="gone", moment=_utc(gone.first_gone), version=version, hit=hit)


def _entry(view: View, entry: Entry) -> etree._Element:
    words, version = view.wording, entry.version
    title = clean_text(version.title)
    if entry.event != "new":
        title = words.word(f"feed-{entry.event}-title", title=title)
    original = web_address(version.url)
    return node(
        "entry",
        node("title", title),
        node("id", f"urn:warraq:{entry.event}:{version.version_id}"),
        node("updated", entry.moment),
        node("published", _utc(version.published)) if version.published else None,
        node("author", node("name", clean_text(", ".join(version.authors) or entry.hit.outlet))),
        node("category", term=entry.event, label=words.word(f"feed-{entry.event}")),
        node("link", rel="alternate", type="text/html", href=f"{view.origin}/article/{version.version_id}"),
        node("link", rel="via", href=original) if original else None,
        node("summary", "".join(piece.text for piece in entry.hit.snippet), type="text"),
    )


def _utc(text: str | None) -> str:
    """Return a moment in UTC, as all moments of the feed; the beginning of time for none."""
    try:
        moment = datetime.fromisoformat(text or _BEGINNING)
    except ValueError:
        return _BEGINNING
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
