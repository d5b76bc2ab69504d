"""Read a page in a lane, and find what is fetched with its article.

Lanes import this module, so it imports no Scrapy; the crawl imports it, so it loads no extraction.
"""

from crawler.extract.lane import read_page
from crawler.items import Article, Page, Rejection
from crawler.ledger.entries import RequisitePlan
from crawler.site import Site


def read_with_needs(
    page: Page, site: Site, plan: RequisitePlan
) -> tuple[Article | Rejection, tuple[str, ...]]:
    """Read a page in a lane; return the outcome and, of an article, the addresses that its page needs."""
    outcome = read_page(page, site)
    return outcome, needs_of(page, outcome, plan) if isinstance(outcome, Article) else ()


def needs_of(page: Page, article: Article, plan: RequisitePlan) -> tuple[str, ...]:
    """Return absolute ASCII addresses without repeats, the article's own pictures first.

    images: the pictures that the article shows, each at the one address that the extraction found. all: also
    what a browser needs to show the page, scripts excepted.
    """
    found = dict.fromkeys(article.images) if plan else {}
    if plan.kind == "all":
        from crawler.arabic.decoding import decode  # noqa: PLC0415 - see above
        from crawler.extraction.requisites import to_see  # noqa: PLC0415

        text = decode(page.body, page.content_type).text
        found |= dict.fromkeys(to_see(text, page.url, most=plan.per_page))
    return tuple(found)[: plan.per_page]
