"""How search works, and what the marks on the pages mean."""

from starlette.responses import Response

from crawler.browse.view import View
from crawler.search.query import MAX_LETTERS, MAX_OFFSET, MAX_WORDS


def about(view: View) -> Response:
    """Make the page."""
    return view.page(
        f"about.{view.wording.language}.html", letters=MAX_LETTERS, most_words=MAX_WORDS, deepest=MAX_OFFSET
    )
