"""Find the names of an outlet in its own pages. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_ARABIC = re.compile(r"[\u0621-\u064A]")
_LATIN = re.compile(r"[A-Za-z]")
# characters that end a string literal, change the direction of a line, or are invisible
_UNWRITABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\"\\]"
)
# words around the name in a line that claims all rights
_RIGHTS = re.compile(
    r"^ل\u0640+\s*|(?:كل|جميع|كافة)?\s*(?:ال)?حقوق\s.*|all rights reserved.*|copyright", re.IGNORECASE
)
_NOT_A_NAME = re.compile(r"https?:|www\.|@|\.(?:com|net|org)\b", re.IGNORECASE)
_MAX_CHARACTERS = 60
_MAX_ALIASES = 4
_ENDINGS = frozenset({"com", "net", "org", "info", "gov", "co", "news", "press", "edu", "ac"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """The names of an outlet; None where no page has one."""

    arabic: str | None
    english: str | None
    aliases: tuple[str, ...] = ()


def names_of(names_of_pages: Iterable[tuple[str, ...]]) -> Names:
    """Choose the names of an outlet from those of its pages: the most frequent one comes first."""
    count: Counter[str] = Counter()
    for names in names_of_pages:
        count.update({name for given in names if (name := _clean(given))})
    ranked = sorted(count, key=lambda name: (-count[name], len(name)))  # templates make names longer
    arabic = next((name for name in ranked if _ARABIC.search(name)), None)
    english = next((name for name in ranked if _LATIN.search(name) and not _ARABIC.search(name)), None)
    chosen = [name for name in (arabic, english) if name]
    others = [name for name in ranked if not any(one in name for one in chosen)]
    return Names(arabic=arabic, english=english, aliases=tuple(others[:_MAX_ALIASES]))


def site_name(domain: str) -> str:
    """Return a short name for the site of a host: stepagency-sy.net gives stepagency_sy."""
    labels = domain.split(".")
    while len(labels) > 1 and (len(labels[-1]) == 2 or labels[-1] in _ENDINGS):  # noqa: PLR2004
        labels.pop()
    return re.sub(r"[^a-z0-9]+", "_", "_".join(labels).lower()).strip("_")


def _clean(name: str) -> str | None:
    plain = " ".join(_RIGHTS.sub(" ", " ".join(_UNWRITABLE.sub(" ", name).split())).split())
    return plain if 1 < len(plain) <= _MAX_CHARACTERS and not _NOT_A_NAME.search(plain) else None
