"""What a check finds: a state, a likely reason, and sentences in English and in Arabic."""

import json
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Literal

Severity = Literal["doubtful", "ill"]
# The likely reasons, the one that explains most first; states.json has words for each.
CAUSES = (
    "blocked",
    "unreachable",
    "feed-gone",
    "pages-empty",
    "layout-changed",
    "dates-unreadable",
    "silent",
    "pages-fail",
    "fewer-articles",
    "dates-wrong",
    "cut-short",
    "not-delivered",
    "not-crawled",  # found by scrapy status
)


@cache
def sentences() -> dict[str, tuple[str, str]]:
    """Map "check.finding" to the English and the Arabic sentence, which have the same fields."""
    texts = json.loads(files("crawler.health").joinpath("sentences.json").read_text("utf-8"))
    return {key: (english, arabic) for key, (english, arabic) in texts.items()}


class State(Enum):
    """The result of a check."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"  # too little to judge by


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The result of one check, with a sentence for a person in each language."""

    check: str
    state: State
    sentence: str  # English
    sentence_ar: str
    cause: str | None = None  # one of CAUSES where the check failed
    severity: Severity = "doubtful"  # of a check that failed
    pooled: int = 1  # runs that were judged together, with this one

    @property
    def failed(self) -> bool:
        return self.state is State.BAD


@dataclass(frozen=True, slots=True)
class Finding:
    """A state, the key of its sentences without the name of the check, and their fields."""

    state: State
    key: str
    fields: dict[str, object]
    cause: str | None = None
    severity: Severity = "doubtful"
    pooled: int = 1  # runs that were judged together

    def sentences(self, check: str) -> list[str]:
        """Return the English and the Arabic sentence."""
        templates = sentences()[f"{check}.{self.key}"]
        fields = [
            {name: value[side] if isinstance(value, tuple) else value for name, value in self.fields.items()}
            for side in range(len(templates))
        ]
        return [template.format(**values) for template, values in zip(templates, fields, strict=True)]


def good(key: str = "good", **fields: object) -> Finding:
    return Finding(State.GOOD, key, fields)


def ill(cause: str, key: str = "bad", *, pooled: int = 1, **fields: object) -> Finding:
    """Return a finding with which the site brings nothing, or not what it should."""
    return Finding(State.BAD, key, fields, cause, "ill", pooled)


def doubtful(cause: str, key: str = "bad", *, pooled: int = 1, **fields: object) -> Finding:
    """Return a finding that a person should look at."""
    return Finding(State.BAD, key, fields, cause, "doubtful", pooled)


def unknown(key: str = "unknown", **fields: object) -> Finding:
    return Finding(State.UNKNOWN, key, fields)
