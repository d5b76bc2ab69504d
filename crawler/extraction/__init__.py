"""HTML in, Article out. Pure: knows neither Scrapy nor the network, and runs in process lanes.

`extract` never raises for what a site served: what it cannot read becomes a Rejection with a reason. The
layers and their order are described in docs/extraction.md.
"""

from dataclasses import asdict, dataclass, replace
from importlib import import_module
from typing import Any

from crawler.extraction.assembly import account_of, article_of, read
from crawler.extraction.digest import extractor_name, rules_digest
from crawler.extraction.further import with_further_pages
from crawler.extraction.themes import themes
from crawler.items import Article, Page, Rejection
from crawler.site import Site
from crawler.tables.versions import version_of

__all__ = ["EXTRACTOR", "Explanation", "explain", "extract", "rules_digest", "warm"]

EXTRACTOR = extractor_name()


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """Which layer of a page supplied which value. All values are JSON-able.

    `fields` holds for each field its value, the layer and place that gave it, and under `lost` each claim
    that did not stand, with the reason. Empty for a page that was rejected, which has a reason instead.
    """

    url: str
    reason: str | None = None  # of the rejection
    detail: str = ""
    encoding: str | None = None
    theme: str | None = None
    fields: dict[str, dict[str, Any]]

    def record(self) -> dict[str, Any]:
        return asdict(self)


def extract(page: Page, site: Site) -> Article | Rejection:
    """Return the article of a page and its further pages, or why the page yields none."""
    reading = read(page, site)
    if isinstance(reading, Rejection):
        return reading
    article = with_further_pages(article_of(reading), page, site, extract)
    return replace(article, version_id=version_of(article))


def explain(page: Page, site: Site) -> Explanation:
    """Return how the fields of a page's article came about."""
    reading = read(page, site)
    if isinstance(reading, Rejection):
        return Explanation(url=page.url, reason=reading.reason, detail=reading.detail, fields={})
    theme = reading.document.theme
    return Explanation(
        url=page.url,
        encoding=reading.encoding,
        theme=theme.name if theme else None,
        fields=account_of(reading),
    )


def warm() -> None:
    """Load what a lane's first page would otherwise wait for: rules, themes, the digest, trafilatura."""
    import_module("trafilatura")
    themes()
    rules_digest()
