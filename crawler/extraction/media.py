"""The article's pictures and the links in its text. Pure."""

import re
from collections.abc import Iterator

from lxml import html

from crawler.extraction import jsonld
from crawler.extraction.body import Text
from crawler.extraction.document import Document
from crawler.extraction.names import kind_of
from crawler.extraction.tree import ancestors, attribute
from crawler.urls import absolute

MAX_IMAGES = 40
MAX_LINKS = 200
_SOURCES = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-url", "data-img-url", "src")
_NO_PICTURE = re.compile(
    r"logo|avatar|gravatar|sprite|spacer|blank\.|placeholder|loading|1x1|pixel|icon|emoji|smil|banner|/ads?/|doubleclick"
    r"|favicon|share|button|default[-_.]?(?:image|img|thumb)|noimage|no-image",
    re.IGNORECASE,
)
_SMALL = 60  # pixels in width or height below which a picture is an ornament
_NOT_THE_ARTICLES = frozenset({
    "navigation", "sidebar", "footer", "related", "comments", "author-box", "share", "advert", "poll",
    "notice",
})  # fmt: skip


def read_images(document: Document, text: Text) -> list[str]:
    """Absolute ASCII addresses, the lead picture first."""
    head = document.head
    given = [*head.all("og:image:secure_url")[:1], *head.all("og:image", "og:image:url")[:3]]
    given += [url for node in head.articles[:1] for url in jsonld.urls(node.get("image"))[:3]]
    given += head.all("twitter:image", "twitter:image:src")[:1]
    found: dict[str, str] = {}
    for reference in [*given, *_inside(document, text)]:
        url = absolute(document.base, reference)
        if url and not _NO_PICTURE.search(url.rpartition("/")[2]):
            found.setdefault(url.partition("?")[0].partition("://")[2], url)
        if len(found) >= MAX_IMAGES:
            break
    return list(found.values())


def read_links(document: Document, text: Text) -> list[str]:
    """Absolute ASCII addresses of the links inside the paragraphs, each once, in order."""
    found: dict[str, None] = {}
    seen: set[html.HtmlElement] = set()
    for block in text.blocks:
        if not block.linked or block.element in seen:
            continue
        seen.add(block.element)
        for link in block.element.iter("a"):
            href = attribute(link, "href")
            url = absolute(document.base, href) if href and not href.startswith("#") else None
            if url:
                found[url] = None
                if len(found) >= MAX_LINKS:
                    return list(found)
    return list(found)


def _inside(document: Document, text: Text) -> Iterator[str]:
    """Return the images of the element with headline and text, without those of other parts."""
    if text.element is None:
        return
    around = text.element
    if document.headline is not None:
        lines = set(ancestors(document.headline))
        around = next((node for node in ancestors(text.element) if node in lines), text.element)
    if around.tag in {"body", "html"}:
        around = text.element
    for image in around.iter("img"):
        if not _is_ornament(image) and not _is_elsewhere(image, around):
            source = next((value for name in _SOURCES if (value := attribute(image, name))), "")
            if source and not source.startswith("data:"):
                yield source


def _is_ornament(image: html.HtmlElement) -> bool:
    return any(
        value.isdigit() and int(value[:6]) < _SMALL
        for name in ("width", "height")
        if (value := attribute(image, name))
    )


def _is_elsewhere(image: html.HtmlElement, around: html.HtmlElement) -> bool:
    for node in ancestors(image):
        if node is around:
            return False
        if isinstance(node.tag, str) and kind_of(node.tag, node.attrib) in _NOT_THE_ARTICLES:
            return True
    return False
