"""CSS selectors, compiled once. Pure."""

from functools import lru_cache
from typing import cast

from lxml import html
from lxml.cssselect import CSSSelector

MAX_MATCHES = 200


@lru_cache(maxsize=2048)
def _compiled(css: str) -> CSSSelector:
    return CSSSelector(css, translator="html")


def select(css: str, root: html.HtmlElement) -> list[html.HtmlElement]:
    """Return the elements that a selector matches, in document order, at most MAX_MATCHES.

    Raises cssselect.SelectorError for what is no CSS: that is an error in a site or a theme, never in a page.
    """
    return cast("list[html.HtmlElement]", _compiled(css)(root))[:MAX_MATCHES]
