"""The text that a page holds only as data: JSON-LD, the state of a framework. Pure, bounded."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from crawler.arabic.text import mend
from crawler.extraction import jsonld
from crawler.extraction.document import Document
from crawler.extraction.languages import furniture_kinds
from crawler.extraction.tree import squeeze

_MAX_STATE = 2_000_000  # characters of a script with a framework's state
_MAX_VALUES = 50_000
_MAX_DEPTH = 40
_MAX_PARAGRAPHS = 2_000
_MIN_STATE_BODY = 300  # characters: shorter texts in a state are teasers of other articles
_BODY_KEYS = frozenset({"articlebody", "body", "content", "bodyhtml", "bodytext", "html", "fulltext", "text"})
_BREAK = re.compile(r"\s*(?:\r?\n|<br\s*/?>|</(?:p|div|li|h[1-6]|blockquote)>)\s*", re.IGNORECASE)
_UNREAD = re.compile(r"<(script|style|figure|figcaption|iframe)\b.{0,20000}?</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,4000}>")
_STATES = "//script[@id='__NEXT_DATA__' or @id='__NUXT_DATA__' or @type='application/json']"


def article_body(document: Document) -> list[str]:
    """Return the paragraphs of the article's `articleBody` in JSON-LD; empty where it has none."""
    bodies = [
        text for node in document.head.articles[:2] for text in jsonld.raw_texts(node.get("articleBody"))
    ]
    return _paragraphs(max(bodies, key=len, default=""))


def state_body(document: Document) -> list[str]:
    """Return the paragraphs of the longest body in a framework's state; empty where no state has one."""
    longest = ""
    for script in document.root.xpath(_STATES)[:10]:
        text = script.text or ""
        if len(text) > _MAX_STATE:
            continue
        try:
            state = json.loads(text)
        except (ValueError, RecursionError):
            continue
        longest = max([longest, *_bodies(state)], key=len)
    return _paragraphs(longest) if len(longest) >= _MIN_STATE_BODY else []


def _bodies(state: Any) -> Iterator[str]:
    """Yield the strings of a state under a key that names a body, level by level."""
    level: list[Any] = [state]
    for _ in range(_MAX_DEPTH):
        deeper: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                for key, inner in value.items():
                    if isinstance(inner, str) and key.lower() in _BODY_KEYS:
                        yield inner
                    elif isinstance(inner, (dict, list)):
                        deeper.append(inner)
            elif isinstance(value, list):
                deeper += [inner for inner in value if isinstance(inner, (dict, list))]
        level = deeper[:_MAX_VALUES]
        if not level:
            return


def _paragraphs(body: str) -> list[str]:
    """Return a body's paragraphs without markup and furniture."""
    text = unescape(unescape(body))  # some plugins escape twice
    lines = [
        squeeze(mend(_TAG.sub(" ", line))) for line in _BREAK.split(_UNREAD.sub(" ", text))[:_MAX_PARAGRAPHS]
    ]
    kinds = furniture_kinds(lines)
    return [line for line, kind in zip(lines, kinds, strict=True) if line and not kind]
