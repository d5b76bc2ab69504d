"""What an element is for, by its tag, its role, its class and its id. Pure.

Kinds: share, related, comments, tags, author-box, advert, navigation, sidebar, footer, poll, notice,
furniture, caption, meta (date, byline and the like: never body text, but where to look for them); "" says
nothing against body text. The lists are data: rules/names.json.
"""

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_a-zA-Z]+")
_PIECES = re.compile(r"[^\W_]+")
_HASHED = re.compile(r"[a-zA-Z]\d+[a-zA-Z]|\d[a-zA-Z]+\d")
_FEW_PARTS, _SHORT_PARTS = 3, 3  # parts of a drawn name at least, and their mean length in letters at most
# What WordPress derives from an article's own subject or from the theme's options says nothing of its place.
_SUBJECT = re.compile(
    r"^(?:tag|category|post_tag|cat|term|topic|status|format|type|is|has|no|with)-|^post-\d"
)
_PRINTED = re.compile(r"^(?:d|no|hidden|visible|not?)-?print|^print-?(?:hidden|none)", re.IGNORECASE)
_BESIDE_META = frozenset({"meta", "share", "furniture"})
_TAG_KINDS = {
    "nav": "navigation",
    "aside": "sidebar",
    "footer": "footer",
    "figcaption": "caption",
    "menu": "navigation",
    "time": "meta",
    "address": "meta",
}
_ROLE_KINDS = {
    "navigation": "navigation",
    "complementary": "sidebar",
    "contentinfo": "footer",
    "search": "navigation",
    "menu": "navigation",
    "menubar": "navigation",
    "dialog": "notice",
    "alertdialog": "notice",
}
_TELLING = ("aria-labelledby", "data-testid", "data-component", "data-e2e")
_MAX_NAMES = 400  # characters of class and id that are looked at


class _Rules(NamedTuple):
    """rules/names.json, turned round: from a name to its kinds."""

    kinds: tuple[str, ...]  # the first one goes before the others
    words: dict[str, frozenset[str]]
    tokens: dict[str, frozenset[str]]
    starts: tuple[tuple[str, str], ...]  # beginning of a name, kind
    all_starts: tuple[str, ...]


@cache
def _rules() -> _Rules:
    source = resources.files(__package__).joinpath("rules", "names.json").read_text("utf-8")
    rules: dict[str, Any] = {kind: rule for kind, rule in json.loads(source).items() if kind != "about"}
    starts = tuple((start, kind) for kind, rule in rules.items() for start in rule["starts"])
    return _Rules(
        kinds=tuple(rules),
        words=_by_name(rules, "words"),
        tokens=_by_name(rules, "tokens"),
        starts=starts,
        all_starts=tuple(start for start, _ in starts),
    )


def _by_name(rules: dict[str, Any], key: str) -> dict[str, frozenset[str]]:
    names = {name for rule in rules.values() for name in rule[key]}
    return {name: frozenset(kind for kind, rule in rules.items() if name in rule[key]) for name in names}


def kind_of(tag: str, attributes: Mapping[str, str]) -> str:
    """Return the kind of an element by its tag and names."""
    by_tag = _TAG_KINDS.get(tag, "")
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    for attribute in _TELLING:  # sites whose class names are hashes still name their parts for screen readers
        if attribute in attributes:
            names = f"{attributes[attribute]} {names}"
    by_name = kind_of_names(names[:_MAX_NAMES]) if len(names) > 1 else ""
    return by_name or _ROLE_KINDS.get(attributes.get("role", ""), by_tag)


@lru_cache(maxsize=8192)
def kind_of_names(names: str) -> str:
    """Return the kind that a class attribute and an id, joined by a blank, stand for."""
    kinds = {
        kind
        for token in names.split()
        if not (_SUBJECT.match(token) or _PRINTED.match(token))
        for kind in _kinds_of_token(token)
    }
    if "meta" in kinds and kinds <= _BESIDE_META:
        return "meta"  # a row with the date and buttons to share
    return next((kind for kind in _rules().kinds if kind in kinds), "") if kinds else ""


def _is_random(piece: str) -> bool:
    """Return whether a machine drew the letters, as in block-id-n1AuAdJlVL: its "ad" means nothing."""
    if _HASHED.search(piece):
        return True
    parts = _PARTS.findall(piece)
    return len(parts) >= _FEW_PARTS and len(piece) < _SHORT_PARTS * len(parts)


@lru_cache(maxsize=8192)
def _kinds_of_token(token: str) -> frozenset[str]:
    lower = token.lower()
    if lower.startswith("elementor-widget"):  # there every part of a page is a widget
        lower = lower.removeprefix("elementor-widget-")
        token = lower
    words = {lower}
    for piece in _PIECES.findall(token):
        words.add(piece.lower())
        if not _is_random(piece):
            words.update(word.lower() for word in _PARTS.findall(piece))
    rules = _rules()
    kinds = set(rules.tokens.get(lower, ()))
    for word in words:
        if word in rules.words:
            kinds |= rules.words[word]
    if lower.startswith(rules.all_starts):
        kinds.update(kind for start, kind in rules.starts if lower.startswith(start))
    return frozenset(kinds)
