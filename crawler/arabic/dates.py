"""Moments in Arabic and other text: what a page says about when it was published. Pure.

Nothing is guessed: a text that leaves a doubt gives None.

Confidence, in levels:
  1.00  a machine's form that carries its own offset
  0.95  two statements in the text agree: a weekday, a second calendar
  0.90  one complete statement that can be read one way only
  0.80  day and month told apart by a habit that the caller vouches for, or by exclusion
  0.70  day first, because Arabic writes so; a Hijri date alone in a country of the Umm al-Qura calendar
  0.60  a Hijri date alone (a sighting of the moon may move it by a day); a date inside a URL's slug
  0.50  reckoned back from the time of fetching
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Literal

Precision = Literal["second", "minute", "day"]
Label = Literal["published", "modified"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One moment, as a text states it."""

    value: datetime  # aware; with precision "day": midnight of that day, in the zone that was assumed
    precision: Precision
    zone_given: bool  # the text itself said the zone or the offset
    confidence: float  # 0 to 1, in the levels above
    form: str  # slug of what was recognised: iso, named-month, dual-month, numeric, hijri, hijri+gregorian…


def parse_moment(
    text: str,
    *,
    zone: tzinfo | None,
    fetched_at: datetime | None = None,
    country: str | None = None,
    day_first: bool | None = None,
) -> Moment | None:
    """The one moment that a short text states, or None where it states none, several, or a doubtful one.

    `zone` holds for texts that name none (None: UTC; `zone_given` is False either way). `fetched_at` (aware)
    bounds the result and anchors relative times, which are None without it. `country` (ISO 3166-1 alpha-2)
    and `day_first` decide 3/4/2020 where the text itself cannot.
    """
    raise NotImplementedError


def find_moments(
    text: str,
    *,
    zone: tzinfo | None,
    fetched_at: datetime | None = None,
    country: str | None = None,
    day_first: bool | None = None,
) -> list[tuple[Moment, int, int, Label | None]]:
    """All moments in visible text, as (moment, start, end, label), by position."""
    raise NotImplementedError


def moment_in_url(url: str, zone: tzinfo | None, *, fetched_at: datetime | None = None) -> Moment | None:
    """The day that a URL's path names, as /2020/11/09/ or 2020-06-03-, or None."""
    raise NotImplementedError
