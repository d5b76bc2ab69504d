"""What a notice says of a site: its state, since when, and the likely reason, in both languages. Pure."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from crawler.health.site_state import News, SiteState


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    value = json.loads(files("crawler.health").joinpath("states.json").read_text("utf-8"))
    return {part: dict(words) for part, words in value.items()}


def cause_words(cause: str | None) -> tuple[str, str]:
    """Return the likely reason in English and in Arabic; empty texts for None."""
    english, arabic = _words()["causes"][cause] if cause else ("", "")
    return english, arabic


def state_words(condition: str) -> tuple[str, str]:
    """Return the name of a condition in English and in Arabic."""
    english, arabic = _words()["states"][condition]
    return english, arabic


def day_and_time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "?"


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement:
    """The state of a site and why it is announced."""

    news: News
    state: SiteState

    def sentences(self) -> tuple[str, str]:
        """Return one sentence in English and in Arabic."""
        templates = _words()["news"][self.news]
        states, causes = state_words(self.state.condition), cause_words(self.state.cause)
        english, arabic = (
            template.format(
                site=self.state.site,
                state=states[side],
                cause=causes[side],
                since=day_and_time(self.state.since),
            )
            for side, template in enumerate(templates)
        )
        return english, arabic

    def record(self) -> dict[str, str | None]:
        """Return the values for JSON."""
        english, arabic = self.sentences()
        words, words_ar = cause_words(self.state.cause)
        return {
            "news": self.news,
            "state": self.state.condition,
            "since": self.state.since.isoformat() if self.state.since else None,
            "cause": self.state.cause,
            "cause_sentence": words or None,
            "cause_sentence_ar": words_ar or None,
            "sentence": english,
            "sentence_ar": arabic,
        }
