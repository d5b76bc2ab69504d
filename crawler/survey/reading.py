"""Read the pages of a survey in an extraction lane, for they are hostile input."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from crawler.extract.lane import warm
from crawler.items import Article, Page, Rejection
from crawler.lanes import Lanes
from crawler.site import Site

READING_SECONDS = 8.0  # for one page in its lane


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A page and its article."""

    page: Page
    outcome: Article | Rejection
    theme: str | None = None
    names: tuple[str, ...] = ()  # names of the outlet on the page


def read_page(page: Page, site: Site) -> Reading:
    """Return the article of a page, its theme, and the names of its outlet. Raises nothing for any page."""
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


async def read_in(lanes: Lanes, page: Page, site: Site) -> Reading:
    """Read a page in a lane; a lane that hangs or dies gives a Rejection."""
    outcome = await lanes.read(read_page, page, site)
    return outcome if isinstance(outcome, Reading) else Reading(page=page, outcome=outcome)


def read_pages(pages: Iterable[Page], site: Site) -> list[Reading]:
    """Read pages, one after the other, in a new lane."""

    async def reading() -> list[Reading]:
        lanes = Lanes(1, seconds=READING_SECONDS, prepare=warm)
        try:
            return [await read_in(lanes, page, site) for page in pages]
        finally:
            await lanes.close()

    return asyncio.run(reading())
