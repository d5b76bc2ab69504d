"""Which parts of a page are in a language that the site's articles are not in. Pure.

Both readers take only text in the site's languages: a translation beside an article weighs nothing when the
place of the text is searched, and trafilatura does not get it. A quotation inside the text stays.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from crawler.arabic.boilerplate import boilerplate_kind
from crawler.arabic.language import UNKNOWN, detect
from crawler.extraction.outline import Block

_ENOUGH = 80  # characters by which the language of a paragraph is recognised
_OPENING = 200  # characters in which a paragraph shows its script
_LINES, _SAMPLE = 20, 800  # lines and characters that show the language of a text
_ARABIC_LETTER = re.compile("[\u0620-\u064a\u0671-\u06d3]")
_OTHER_LETTER = re.compile("[پچژگڤکیےہھٹڈڑںټډړږښڼېۆۇ]")  # that Persian, Urdu, Kurdish or Pashto write


def foreign_blocks(
    blocks: Iterable[Block], languages: tuple[str, ...], teased: frozenset[int]
) -> frozenset[int]:
    """Return the indexes of the paragraphs in other languages than `languages` (ISO 639-1 codes).

    `teased` are the blocks about other pages: their language is not that of the article. Empty for a page
    without a paragraph of its own in `languages`: `not_an_article` judges the language of its text.
    """
    prose = [
        block for block in blocks if block.prose and len(block.text) >= _ENOUGH and block.index not in teased
    ]
    scripts = {_letters(block.text[:_OPENING]) for block in prose}
    if len(scripts) < 2:  # noqa: PLR2004  one script
        return frozenset()
    accepted = {None, UNKNOWN, *languages}
    foreign = frozenset(block.index for block in prose if detect(block.text) not in accepted)
    return foreign if len(foreign) < len(prose) else frozenset()


def furniture_kinds(lines: Sequence[str]) -> list[str | None]:
    """Return for each line of a text what sort of furniture it is (see `boilerplate_kind`); None for text.

    Where the lines together are not Arabic, Arabic phrases say nothing: Persian and Urdu use many of their
    words for other things.
    """
    kinds = [boilerplate_kind(line) for line in lines]
    if not any(kind and _ARABIC_LETTER.search(line) for line, kind in zip(lines, kinds, strict=True)):
        return kinds
    language = detect(" ".join(islice((line for line in lines if len(line) >= _ENOUGH), _LINES))[:_SAMPLE])
    if language in {"ar", None, UNKNOWN}:
        return kinds
    return [None if _ARABIC_LETTER.search(line) else kind for line, kind in zip(lines, kinds, strict=True)]


def _letters(text: str) -> tuple[bool, bool]:
    return _ARABIC_LETTER.search(text) is not None, _OTHER_LETTER.search(text) is not None
