"""What an extraction lane does with a page of a survey."""

from dataclasses import dataclass

from crawler.items import Article, Page, Rejection
from crawler.site import Site


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A page, and what was read in it."""

    page: Page
    outcome: Article | Rejection
    theme: str | None = None
    names: tuple[str, ...] = ()  # what the page calls its outlet


def read_page(page: Page, site: Site) -> Reading:
    """The article of a page, its theme, and the names of its outlet. Never raises for what a site served."""
    from crawler.extraction.assembly import article_of, read  # noqa: PLC0415 - only lanes load what reading needs

    reading = read(page, site)
    if isinstance(reading, Rejection):
        return Reading(page=page, outcome=reading)
    document = reading.document
    own = set(site.outlet_names)
    return Reading(
        page=page,
        outcome=article_of(reading),
        theme=document.theme.name if document.theme else None,
        names=tuple(name for name in document.names if name not in own),
    )
