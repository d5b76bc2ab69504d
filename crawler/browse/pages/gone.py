"""The takedowns: what is gone, when it was last seen, when it was first found gone."""

from starlette.responses import Response

from crawler.browse.pages.names import Names
from crawler.browse.view import View

_PAGE = 100


def gone(view: View) -> Response:
    """Make a page of the list of takedowns."""
    site = view.parameter("site") or None
    text = view.parameter("page")
    page = max(int(text[:6]), 1) if text.isascii() and text.isdecimal() else 1
    found = view.room.catalogue.gone(site=site, limit=_PAGE + 1, offset=(page - 1) * _PAGE)
    return view.page(
        "gone.html",
        gone=found[:_PAGE],
        more=len(found) > _PAGE,
        page=page,
        site=site,
        names=Names.of(view),
    )
