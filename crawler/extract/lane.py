"""The functions that run in an extraction lane. The main process imports them and loads no extraction."""

from typing import Any

from crawler.items import Article, Page, Rejection
from crawler.site import Site


def warm() -> None:
    """Load the extraction and its tables, so that the first page does not wait for them."""
    from crawler import extraction  # noqa: PLC0415 - see above

    extraction.warm()


def read_page(page: Page, site: Site) -> Article | Rejection:
    """Return the article of a page, or why the page has none."""
    from crawler import extraction  # noqa: PLC0415

    return extraction.extract(page, site)


def explain_page(page: Page, site: Site) -> dict[str, Any]:
    """Return which layer gave which field of a page, as a value for JSON."""
    from crawler import extraction  # noqa: PLC0415

    return extraction.explain(page, site).record()
