"""What many texts say without telling the same story, and texts that tell several. Pure."""

import json
import re
from array import array
from functools import lru_cache
from importlib import resources
from typing import Any

from crawler.arabic.search_forms import fold
from crawler.arabic.text import digits_to_ascii
from crawler.stories.prints import all_hashes

VERSION = "1"
_TIMES = 5  # paragraphs that begin with a time of the day, in a live blog
_TIME = re.compile(r"\s*[\[(]?(?:[01]?\d|2[0-3])[:.][0-5]\d\b")
_CREDIT = re.compile(
    "(?:نقلا عن|نقلت عن|حسب ما ذكرت|بحسب|وفقا ل|ذكرت|افادت|نقلت)\\s+"
    '(?:صحيفه|جريده|موقع|قناه|وكاله|شبكه|مجله)\\s+(["«“]?[\\w .]{2,40})'
)
_CREDITS = 8  # of a text that are kept
_CREDIT_WORDS = 4
_READ = 200_000  # characters of a text that are searched


@lru_cache(maxsize=1)
def _data() -> tuple[frozenset[int], "re.Pattern[str]"]:
    found: dict[str, Any] = json.loads(
        resources.files("crawler.stories").joinpath("stock.json").read_text("utf-8")
    )
    hashes = frozenset(each for phrase in found["phrases"] for each in all_hashes(phrase))
    titles = "|".join(re.escape(fold(each)) for each in sorted(found["round_up"], key=len, reverse=True))
    return hashes, re.compile(rf"(?:^|\W)(?:{titles})(?:$|\W)")


def without_stock(hashes: "array[int]", paragraphs: "array[int]") -> tuple["array[int]", "array[int]"]:
    """Return fingerprints without those of known stock phrases."""
    known = _data()[0]
    if known.isdisjoint(hashes):
        return hashes, paragraphs
    kept = [at for at, value in enumerate(hashes) if value not in known]
    return array("Q", [hashes[at] for at in kept]), array("H", [paragraphs[at] for at in kept])


def unfit(title: str, text: str) -> str | None:
    """Return why an article tells several stories, by its title or its times: round-up or live; else None."""
    if _data()[1].search(fold(title)):
        return "round-up"
    times = sum(1 for paragraph in digits_to_ascii(text[:_READ]).split("\n") if _TIME.match(paragraph))
    return "live" if times >= _TIMES else None


def credited(text: str) -> list[str]:
    """Return the media that a text names as its source, folded, at most a few words of each."""
    found = (_CREDIT.findall(fold(text[:_READ])))[:_CREDITS]
    return [" ".join(name.strip('"«“ ').split()[:_CREDIT_WORDS]) for name in found]
