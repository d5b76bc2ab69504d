"""Lines of a page that are furniture, not text: links to other stories, calls to follow, forms. Pure.

The phrases are data (boilerplate.json). Each kind lists phrases that make up the `whole` line, that stand
before a colon or dash (`leads`), or that open a line of so many words at most (`opens`; `#` is a number).
A call to follow is a verb, a place and few words besides; a row of networks' names is a share row.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from crawler.arabic.text import normalise

_LONGEST = 700  # characters: a publisher's comment policy at most
_OPENING = 60  # characters in which the first word is looked for, ornaments before it included
_WORD = re.compile(r"[^\W_]+")
_LEAD = re.compile(r"[:：|؛»\-–—…>]|\.\.")
_COPYRIGHT = re.compile(r"^\W*(?:©|\(c\)\s|ⓒ)|©\s*\d{4}|\d{4}\s*©", re.IGNORECASE)
_COPYRIGHT_WORDS = 30
_HASHTAGS = re.compile(r"#\w+(?:[\s,،|]+#\w+)+")
_FOLLOW_WORDS = 35  # of a call to follow, at most
_PROSE_WORDS = 5  # that no call to follow uses: with more of them the line is text
_LEAD_WORDS = 30  # of a title behind "read also:"


@dataclass(frozen=True, slots=True)
class _Phrases:
    """boilerplate.json, as tuples of normalised words."""

    whole: dict[tuple[str, ...], str]
    leads: dict[tuple[str, ...], str]
    opens: dict[tuple[str, ...], tuple[str, int]]
    verbs: frozenset[tuple[str, ...]]
    places: re.Pattern[str]
    follow_words: frozenset[str]
    row: frozenset[str]  # what stands between the names of networks in a row of buttons
    first_words: frozenset[str]
    longest: int  # words of the longest phrase


def boilerplate_kind(line: str) -> str | None:
    """Return what sort of furniture a line or paragraph is, as a slug, or None for text.

    The slugs are the names in boilerplate.json: related, follow, share, tags, more, cookies, comment-form,
    comment-policy, poll, author-box, copyright, back-to-top, print, next-article, reading-time, counter,
    picture, advert. A sentence that merely holds such a phrase is text.
    """
    if not line or len(line) > _LONGEST:
        return None
    phrases = _phrases()
    if not _may_begin(line, phrases):
        return None
    folded = normalise(line)
    words = tuple(_WORD.findall(folded))
    if not words:
        return None
    counted = tuple("#" if word.isdigit() else word for word in words)
    return (
        phrases.whole.get(words)
        or _opening_kind(counted, phrases)
        or _lead_kind(folded, words, phrases)
        or _special_kind(folded, words, phrases)
    )


def _may_begin(line: str, phrases: _Phrases) -> bool:
    """Return whether the first word begins any phrase: a cheap test that nearly all prose fails."""
    if "©" in line or "ⓒ" in line or "(c)" in line or "(C)" in line or "#" in line:
        return True
    first = _WORD.search(normalise(line[:_OPENING]))
    return first is not None and (first[0].isdigit() or first[0] in phrases.first_words)


def _opening_kind(words: tuple[str, ...], phrases: _Phrases) -> str | None:
    for length in range(min(len(words), phrases.longest), 0, -1):
        kind, most = phrases.opens.get(words[:length], ("", 0))
        if kind and len(words) <= most:
            return kind
    return None


def _lead_kind(folded: str, words: tuple[str, ...], phrases: _Phrases) -> str | None:
    mark = _LEAD.search(folded)
    if not mark or len(words) > _LEAD_WORDS:
        return None
    head = tuple(_WORD.findall(folded[: mark.start()]))
    return phrases.leads.get(head)


def _special_kind(folded: str, words: tuple[str, ...], phrases: _Phrases) -> str | None:
    if _COPYRIGHT.search(folded) and len(words) <= _COPYRIGHT_WORDS:
        return "copyright"
    if _HASHTAGS.fullmatch(folded):
        return "tags"
    rest, places = phrases.places.subn(" ", folded)
    others = [word for word in _WORD.findall(rest) if word not in phrases.row]
    if places and not others:
        return "share"
    return "follow" if places and _calls_to_follow(rest, words, phrases) else None


def _calls_to_follow(rest: str, words: tuple[str, ...], phrases: _Phrases) -> bool:
    """Return an imperative, somewhere to follow, and little else: «تابعنا باهتمام …» is prose."""
    if len(words) > _FOLLOW_WORDS or not any(words[:length] in phrases.verbs for length in (1, 2, 3, 4)):
        return False
    others = [word for word in _WORD.findall(rest) if word not in phrases.follow_words]
    return len(others) - 1 <= _PROSE_WORDS  # the verb itself is one of them


@cache
def _phrases() -> _Phrases:
    table = json.loads(files("crawler.arabic").joinpath("boilerplate.json").read_text("utf-8"))
    whole = {_words(phrase): kind for kind, entry in table.items() for phrase in entry["whole"]}
    leads = {_words(phrase): kind for kind, entry in table.items() for phrase in entry["leads"]}
    opens = {_words(phrase): (kind, most) for kind, entry in table.items() for phrase, most in entry["opens"]}
    follow = table["follow"]
    verbs = frozenset(_words(verb) for verb in follow["verbs"])
    row = frozenset(word for phrase in follow["row"] for word in _words(phrase))
    places = sorted({normalise(place) for place in follow["places"]}, key=len, reverse=True)
    return _Phrases(
        whole=whole,
        leads=leads,
        opens=opens,
        verbs=verbs,
        row=row,
        first_words=row
        | {phrase[0] for phrase in (*whole, *leads, *opens, *verbs)}
        | {_words(place)[0] for place in places},
        places=re.compile(rf"\bو?(?:{'|'.join(map(re.escape, places))})\b"),
        follow_words=frozenset(word for phrase in follow["words"] for word in _words(phrase)),
        longest=max(map(len, opens)),
    )


def _words(phrase: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+|#", normalise(phrase)))
