"""Whether a page is a list of others: a section, a tag, an author's page, an archive. Pure.

The structure decides: most of the running text belongs to teasers, and the page is named as a section is.
Against it speaks what only an article has: structured data under its own headline, an announcement by a
feed, a date of its own beside the headline.
"""

import re
from itertools import islice
from urllib.parse import unquote, urlsplit

from crawler.arabic.text import normalise
from crawler.extraction import evidence, jsonld
from crawler.extraction.body import Text
from crawler.extraction.document import Document
from crawler.extraction.headline import likeness
from crawler.extraction.publication import Publication
from crawler.extraction.teasers import ALL_LINK, HEADLINE

_TEASERS = 3
_INTRODUCTION = 2  # paragraphs with which a section or an author is introduced, at most
_MAYBE_AN_ITEMS = frozenset({evidence.VISIBLE, evidence.URL, evidence.MICRODATA, evidence.JSONLD})
_MANY_LINKS = 12
_FEW_LINKS = 3
_SECTION_WORDS = 4  # of a section's name, at most
_MAX_LINKS = 3_000
_MAX_PIECES = 8  # of text in such a link
_MAX_NAME = 200  # characters of a link that are looked at
_SAME_TITLE = 0.6  # of the words of a headline and of what is announced
_SECTION_PATH = re.compile(
    r"/(?:categor(?:y|ies)|tags?|authors?|writers?|تصنيف|قسم|وسم|كاتب)/"
    r"|/page/\d{1,5}/?(?:\?|$)|[?&](?:page|paged|cat|pg)=\d{1,5}(?:&|$)",
    re.IGNORECASE,
)


def shows_a_list(document: Document, text: Text, publication: Publication) -> str:
    """Return what shows that a page lists others, for the account; blank for a page that does not."""
    teased = document.teasers.excerpts
    if teased:
        prose = [block for block in text.blocks if block.prose]
        own = [block for block in prose if block.index not in teased]
        count = len(prose) - len(own)
        if (
            count >= _TEASERS
            and count * 2 >= len(prose)
            and not _is_a_digest(document, publication, len(own))
        ):
            return f"{count} teasers"
        length = sum(len(document.blocks[index].text) for index in teased)
        if len(own) <= _INTRODUCTION and length >= sum(len(block.text) for block in own):
            own_article = _is_announced(document) or _has_own_date(document, publication)
            if is_named_as_section(document) and not own_article:
                return f"named as a section, {len(teased)} teasers"
    return _more_links_than_text(document, text)


def lists_others(document: Document) -> bool:
    """Return whether a page without a text of its own leads to others: it is a list, not empty."""
    links = sum(
        1 for b in document.blocks if not b.kind and b.link_share >= ALL_LINK and len(b.text) >= HEADLINE
    )
    if links >= _MANY_LINKS or document.teasers.cards or is_named_as_section(document):
        return True
    # Old sites put a date and the linked headline into one line.
    lines = sum(1 for b in document.blocks if not b.kind and not b.prose and b.linked >= HEADLINE)
    return lines >= _FEW_LINKS


def is_named_as_section(document: Document) -> bool:
    """Return whether the address is a section's, or the headline is a link of the menu or the crumbs."""
    return bool(_SECTION_PATH.search(_address(document))) or _is_in_menu(document)


def _is_in_menu(document: Document) -> bool:
    name = normalise(document.shown_headline or document.head.title)
    if not name or len(name.split()) > _SECTION_WORDS:
        return False
    own = range(document.headline_from, document.headline_at + 1)
    if any(
        block.kind == "navigation" and block.index not in own and normalise(block.text) == name
        for block in document.blocks
    ):
        return True
    inside = set() if document.headline is None else set(document.headline.iter())
    return any(
        normalise("".join(islice(link.itertext(), _MAX_PIECES))[:_MAX_NAME]).strip() == name
        for link in islice(document.root.iter("a"), _MAX_LINKS)
        if link.get("href") and link not in inside
    )


def _is_a_digest(document: Document, publication: Publication, own: int) -> bool:
    """Return whether the teasers are parts of an article: the page is announced as one or has a date.

    `own` is how many of its paragraphs are no teasers.
    """
    if _is_in_menu(document):
        return own > _INTRODUCTION and _has_own_date(document, publication)
    if _is_announced(document):
        return True
    return not _SECTION_PATH.search(_address(document)) and _has_own_date(document, publication)


def _has_own_date(document: Document, publication: Publication) -> bool:
    """Return whether the date is the page's and not that of the first page it lists."""
    published = publication.published
    if published is None:
        return False
    return published.layer not in _MAYBE_AN_ITEMS or _opens_itself(document)


def _is_announced(document: Document) -> bool:
    """Return whether structured data or a feed name an article with this page's headline."""
    headline = document.shown_headline
    names = [
        text
        for node in document.head.articles[:3]
        for text in jsonld.texts(node.get("headline") or node.get("name"))
    ]
    candidate = document.page.candidate
    if candidate and candidate.title and len(candidate.title.split()) > _SECTION_WORDS:  # no menu's entry
        names.append(candidate.title)
    return bool(headline) and any(likeness(name, headline) >= _SAME_TITLE for name in names)


def _opens_itself(document: Document) -> bool:
    """Return whether a paragraph of the page's own stands between its headline and the first teaser."""
    first = min(document.teasers.excerpts)
    between = document.blocks[document.headline_at + 1 : first]
    return document.headline_at >= 0 and any(block.prose and not block.kind for block in between)


def _more_links_than_text(document: Document, text: Text) -> str:
    if text.element is None or document.head.articles:
        return ""
    inside, cards = set(text.element.iter()), document.teasers.cards
    links = sum(
        1
        for b in document.blocks
        if b.element in inside and not b.kind and b.link_share >= ALL_LINK and b.index not in cards
    )
    return f"{links} links" if links >= _MANY_LINKS and links > 2 * len(text.blocks) else ""


def _address(document: Document) -> str:
    parts = urlsplit(document.page.url)
    return unquote(f"{parts.path}?{parts.query}" if parts.query else parts.path)
