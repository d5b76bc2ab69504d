"""Comparison of this machine's clock with the newest run of the site and with the servers' clocks."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from crawler.archive.names import CLOCK_BEHIND
from crawler.errors import ArchiveError

logger = logging.getLogger(__name__)

DIFFER = timedelta(minutes=10)  # clocks that are right differ by less, also where a page took minutes
RECENT = timedelta(days=7)  # a run of the site within so many days speaks for this clock
SERVERS = "clock/seconds_ahead_of_servers"


class ClockCheck:
    """Decides at the first response whether the run may go on; before it, compares with the newest run."""

    def __init__(
        self,
        *,
        began: datetime,
        newest: datetime | None,
        tolerance: timedelta,
        note: Callable[[str, Any], None],
        end: Callable[[ArchiveError], None],
    ) -> None:
        """`newest` is when the newest earlier run of the site began, `tolerance` zero to end no run.

        `note` keeps a number in the run's record, `end` ends the crawl.
        """
        self._began = began
        self._newest = newest
        self._tolerance = tolerance
        self._note = note
        self._end = end
        self._is_open = True
        if newest is not None and newest - began > DIFFER:
            note(CLOCK_BEHIND, round((newest - began).total_seconds()))
            logger.warning(
                "An earlier run of this site began at %s, which is later than now by this machine's clock "
                "(%s): one of the two clocks was wrong. What that run noted for a later time is not trusted.",
                f"{newest:%Y-%m-%d %H:%M}",
                f"{began:%Y-%m-%d %H:%M}",
            )

    def answered(self, date: bytes | None, age: bytes | None, now: datetime) -> None:
        """Compare `now` with the Date and Age fields of a response (RFC 9110 6.6.1, RFC 9111 5.1)."""
        theirs = _moment(date, age) if self._is_open else None
        if theirs is None:
            return
        self._is_open = False
        ahead = now - theirs
        if abs(ahead) <= DIFFER:
            return
        self._note(SERVERS, round(ahead.total_seconds()))
        ours, server = f"{now:%Y-%m-%d %H:%M}", f"{theirs:%Y-%m-%d %H:%M}"
        words = f"This machine's clock says {ours} UTC, and the server's {server} UTC"
        if self._tolerance and abs(ahead) > self._tolerance and not self._history_agrees:
            self._end(
                ArchiveError(
                    f"{words}. Every date in the archive would be doubtful: set the clock right. Where the "
                    "server's is the wrong one, crawl with -s CLOCK_TOLERANCE=0."
                )
            )
        else:
            logger.warning("%s.", words)

    @property
    def _history_agrees(self) -> bool:
        """Whether the newest run of the site speaks for this machine's clock."""
        return self._newest is not None and -DIFFER < self._began - self._newest < RECENT


def _moment(date: bytes | None, age: bytes | None) -> datetime | None:
    """Return the moment when a response was sent, None where its fields do not say it."""
    try:
        made = parsedate_to_datetime((date or b"").decode("ascii"))
        waited = timedelta(seconds=int(age or 0))
        return (made if made.tzinfo else made.replace(tzinfo=UTC)).astimezone(UTC) + waited
    except (ValueError, OverflowError):
        return None
