"""A parsed page with everything that the layers of the extraction share. Pure."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from lxml import html

from crawler.arabic.dates import Moment
from crawler.extraction import jsonld
from crawler.extraction.head import Head
from crawler.extraction.outline import Block
from crawler.extraction.teasers import NO_TEASERS, Teasers
from crawler.extraction.themes import Theme
from crawler.items import Page
from crawler.site import Site

MAX_HEADLINE = 500  # characters
_MAX_LINES, _MAX_TITLES = 20, 20


@dataclass(slots=True)
class Document:
    """One page as all layers see it. `headline_at` is the index of the headline's last block, or -1."""

    page: Page
    site: Site
    root: html.HtmlElement
    head: Head
    theme: Theme | None
    headline: html.HtmlElement | None
    blocks: list[Block]
    names: tuple[str, ...]  # under which the outlet may stand on this page
    frames: tuple[
        str, ...
    ]  # what stands around the headline in the page's other titles: the outlet, a section
    zone: ZoneInfo | None
    marked: dict[str, list[html.HtmlElement]]  # microdata and RDFa: property without vocabulary -> elements
    related: list[html.HtmlElement]  # links that say how they relate to the page: author, tag…
    folded_names: frozenset[str]
    moments: dict[str, Moment | None] = field(default_factory=dict)  # of machine-readable dates, as written
    headline_at: int = -1
    headline_from: int = -1
    headline_text: str = ""  # where the headline is only a part of its block
    teasers: Teasers = NO_TEASERS
    foreign: frozenset[int] = frozenset()  # blocks in other languages than those of the site's articles

    @property
    def declared(self) -> bool:
        """Return whether the page declares in its metadata that it is an article."""
        return bool(self.head.articles) or (self.head.first("og:type") or "").lower() == "article"

    @property
    def shown_headline(self) -> str:
        """Return the headline's text without a date or counter inside it; may be empty."""
        if self.headline_text:
            return self.headline_text
        blocks = self.blocks[max(self.headline_from, 0) : self.headline_at + 1]
        shown = [block.text for block in blocks if not block.kind] or [block.text for block in blocks]
        return " ".join(shown[:_MAX_LINES])[:MAX_HEADLINE]

    @property
    def base(self) -> str:
        """Return the address that relative references on the page are resolved against."""
        return self.head.base or self.page.url


def announced_titles(head: Head, page: Page) -> list[str]:
    """Return the titles that metadata and lists give the page, best first."""
    titles = [
        text for node in head.articles for text in jsonld.texts(node.get("headline") or node.get("name"))
    ]
    titles += head.all("og:title", "twitter:title", "title", "dc.title", "rnews:name", "parsely-title")
    titles.append(head.title)
    if page.candidate and page.candidate.title:
        titles.append(page.candidate.title)
    return [title[:MAX_HEADLINE] for title in titles[:_MAX_TITLES] if title]
