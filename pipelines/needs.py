"""Read a page in a lane, and find what is fetched with its article.

Lanes import this module, so it imports no Scrapy; the crawl imports it, so it loads no extraction.
"""

from crawler.extract.lane import read_page
from crawler.items import Article, Page, Rejection
from crawler.ledger.entries import RequisitePlan
from crawler.site import Site


def read_with_needs(
    page: Page, site: Site, plan: RequisitePlan
) -> tuple[Article, tuple[str, ...]] | Rejection:
    """Read a page in a lane: its article, and the addresses of the article's requisites."""
    outcome = read_page(page, site)
    return outcome if isinstance(outcome, Rejection) else (outcome, needs_of(page, outcome, plan))


def needs_of(page: Page, article: Article, plan: RequisitePlan) -> tuple[str, ...]:
    """Return the addresses of an article's requisites: absolute, ASCII, no repeats, its own images first.

    The kind `images` asks for the article's images, each at the one address that the extraction found; `all`
    also for what a browser needs to show the page, scripts excepted. Parses the page again.
    """
    found = dict.fromkeys(article.images) if plan else {}
    if plan.kind == "all":
        from crawler.arabic.decoding import decode  # noqa: PLC0415 - see above
        from crawler.extraction.requisites import to_see  # noqa: PLC0415

        text = decode(page.body, page.content_type).text
        found |= dict.fromkeys(to_see(text, page.url, most=plan.per_page))
    return tuple(found)[: plan.per_page]
