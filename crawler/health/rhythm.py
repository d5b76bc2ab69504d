"""How many new articles a day a site gives, learned from its own runs. Pure.

Each run continues the figures of the last whole run, so the archive is all their state.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

DAY = 86_400.0  # seconds
DAYS_NEEDED = 7.0  # of runs, before a rhythm is known
DAYS_REMEMBERED = 28.0  # older days count less and less


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """New articles and the time in which they came. The articles of a site's first run are not counted."""

    articles: float = 0.0
    seconds: float = 0.0
    quiet: float = 0.0  # seconds since the start of the last run that brought a new article

    @property
    def per_day(self) -> float | None:
        """New articles a day; None before the first week is over."""
        return self.articles / self.seconds * DAY if self.seconds >= DAYS_NEEDED * DAY else None

    def continued(self, began: datetime | None, now: datetime, *, is_good: bool = True) -> Self:
        """Return the rhythm at the start of a run at `now`, whose last whole run began at `began`.

        The time after a bad run (`is_good` is False) is no part of the rhythm: nothing could come.
        """
        gap = max((now - began).total_seconds(), 0.0) if began else 0.0
        seconds = self.seconds + (gap if is_good else 0.0)
        kept = min(1.0, DAYS_REMEMBERED * DAY / seconds) if seconds else 1.0
        return type(self)(articles=self.articles * kept, seconds=seconds * kept, quiet=self.quiet + gap)
