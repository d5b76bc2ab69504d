"""What is fetched with an article's page. For process lanes: it parses the page once more."""

from crawler.arabic.decoding import decode
from crawler.extraction.requisites import to_see
from crawler.items import Article, Page
from crawler.ledger.entries import RequisitePlan


def needs_of(page: Page, article: Article, plan: RequisitePlan) -> tuple[str, ...]:
    """Absolute ASCII addresses without repeats, the article's own pictures first.

    images: the pictures that the article shows, each at the one address that the extraction found. all: also
    what a browser needs to show the page, scripts excepted.
    """
    found = dict.fromkeys(article.images) if plan else {}
    if plan.kind == "all":
        text = decode(page.body, page.content_type).text
        found |= dict.fromkeys(to_see(text, page.url, most=plan.per_page))
    return tuple(found)[: plan.per_page]
