"""The arguments of a crawl (-a), checked before the first request. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.discovery.source import Window
from crawler.errors import UsageError

KNOWN = frozenset({"since", "until", "limit"})
YEARS = range(1990, 2101)  # of publication; the web began in 1990
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, kw_only=True, slots=True)
class RunArguments:
    """The arguments of one crawl."""

    window: Window
    limit: int | None


def parse_arguments(given: Mapping[str, str | None], *, zone: ZoneInfo | None) -> RunArguments:
    """Parse `since`, `until` and `limit`. A day is the day in `zone`, or in UTC where that is None.

    Names that begin with an underscore pass: Scrapyd adds its own. Raises UsageError for another unknown name
    and for a value without a meaning.
    """
    unknown = sorted(name for name in given if name not in KNOWN and not name.startswith("_"))
    if unknown:
        raise UsageError(f"Unknown argument {unknown[0]!r}: a crawl takes since, until, limit.")
    since = _moment("since", given.get("since"), zone, end_of_day=False)
    until = _moment("until", given.get("until"), zone, end_of_day=True)
    if since and until and since >= until:
        raise UsageError(f"since ({given['since']}) must lie before until ({given['until']}).")
    return RunArguments(window=Window(since=since, until=until), limit=_limit(given.get("limit")))


def _moment(name: str, text: str | None, zone: ZoneInfo | None, *, end_of_day: bool) -> datetime | None:
    if text is None or not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{name}={text!r} is not a date: write it as 2026-01-31 or 2026-01-31T18:00:00+03:00."
        ) from None
    if moment.year not in YEARS:
        raise UsageError(f"{name}={text!r} lies outside the years {YEARS[0]} to {YEARS[-1]}.")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone or UTC)
    if end_of_day and _DAY.fullmatch(text.strip()):
        moment += timedelta(days=1)  # until a day includes that day
    return moment


def argument_hint(word: str, following: str) -> str:
    """Return how an argument that was written as an option (--limit 5, --limit=5) is given to a spider.

    `following` is the next word of the command line. Empty for the name of no argument.
    """
    name, equals, value = word.lstrip("-").partition("=")
    if name not in {*KNOWN, "url"}:
        return ""
    return f": write -a {name}={value if equals else following}"


def _limit(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        limit = int(text)
    except ValueError:
        raise UsageError(
            f"limit={text!r} is not a number: write how many articles you want, like limit=100."
        ) from None
    if limit < 1:
        raise UsageError(f"limit={limit} asks for nothing: write a number from 1 up, or leave it out.")
    return limit
