"""Lines of a page that are furniture, not text: links to other stories, calls to follow, forms. Pure."""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from crawler.arabic.text import normalise

_LONGEST = 700  # characters: a publisher's comment policy at most
_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
_WORDS = re.compile(r"[^\W_]+")
_COUNT = re.compile(r"\b\d+\b")
_COPYRIGHT = re.compile(r"^\W*(?:©|\(c\)\s|copyright\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Phrases:
    whole: dict[str, str]  # the line is the phrase
    leads: dict[str, str]  # the line is the phrase, a colon or dash, and anything
    opens: dict[str, tuple[str, int]]  # the line begins with the phrase; kind, most words of the line
    follow_verbs: tuple[str, ...]
    follow_places: re.Pattern[str]
    follow_words: frozenset[str]


def boilerplate_kind(line: str) -> str | None:
    """What sort of furniture a line or paragraph is, as a slug, or None for text.

    The slugs are the names in boilerplate.json. A sentence that merely holds such a phrase is text.
    """
    raise NotImplementedError
