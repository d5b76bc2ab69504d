"""One outlet: its coverage day by day, its rhythm, sections, authors and the state of its crawls."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from crawler.browse.calendar import Month, months_of_year, years_of
from crawler.browse.coverage import CoverageDesk, OutletCoverage
from crawler.browse.drawing import Bar, bars, month_picture
from crawler.browse.pages.names import Names
from crawler.browse.view import PageError, View
from crawler.errors import ArchiveError
from crawler.health import RunRecord
from crawler.health.record import read_record
from crawler.search.catalogue_values import Outlet, Version
from crawler.search.query import Query

_RECENT = 2_000  # articles from which the rhythm is drawn
_STORIES = 10
_VALUES = 20
_WEEK = (5, 6, 0, 1, 2, 3, 4)  # from Saturday
_DESK = CoverageDesk()


def outlet(view: View) -> Response:
    """Make the page of an outlet. Raises PageError where the archive has none of this name."""
    names = Names.of(view)
    found = names.outlets.get(view.request.path_params["site"])
    if found is None:
        raise PageError(HTTPStatus.NOT_FOUND, "no-outlet")
    coverage = _DESK.coverage(view.room, found.site, f"{found.last_run} {found.versions}")
    recent = view.room.catalogue.newest(_RECENT, site=found.site)
    facets = view.room.index.search(Query(sites=(found.site,), limit=0, sort="newest")).facets
    years = years_of(coverage.days)
    year = _year(view.parameter("year"), years)
    record, problem = _last_run(view, found)
    return view.page(
        "outlet.html",
        outlet=found,
        names=names,
        coverage=coverage,
        years=years,
        year=year,
        months=_months(view, coverage, year) if year else [],
        rhythm=_rhythm(view, recent),
        stories=recent[:_STORIES],
        sections=facets.get("section", ())[:_VALUES],
        authors=facets.get("author", ())[:_VALUES],
        run=record,
        run_problem=problem,
        run_good=record is not None
        and record.reason == "finished"
        and not record.errors
        and record.lists > 0,
    )


def _year(text: str, years: Sequence[int]) -> int | None:
    if text.isascii() and text.isdecimal() and int(text[:4]) in years:
        return int(text[:4])
    return years[0] if years else None


def _months(view: View, coverage: OutletCoverage, year: int) -> list[tuple[Month, Markup]]:
    """Return the months of a year with their pictures, the newest first."""
    words = view.wording
    first, last = min(coverage.days), max(coverage.days)
    found = []
    for month in reversed(months_of_year(year, coverage.days, first, last)):
        tips = [
            words.word(
                "day-tip",
                day=words.day(day.day),
                kept=day.count.kept,
                advertised=day.count.advertised,
                missing=day.count.missing,
            )
            for week in month.weeks
            for day in week
            if day is not None
        ]
        label = words.word(
            "month-label", month=words.month(month.name), kept=month.kept, missing=month.missing
        )
        found.append((month, month_picture(month, label, tips)))
    return found


def _rhythm(view: View, recent: Sequence[Version]) -> dict[str, Any] | None:
    """Draw the hours and the days of the week at which the outlet publishes."""
    words = view.wording
    hours: Counter[int] = Counter()
    days: Counter[int] = Counter()
    for version in recent:
        moment = datetime.fromisoformat(version.published or "")
        days[moment.weekday()] += 1
        if version.precision != "day":
            hours[moment.hour] += 1
    if not days:
        return None
    by_hour = [
        Bar(
            value=hours[hour],
            tip=words.word("hour-tip", hour=f"{hour:02}", articles=words.count("articles", hours[hour])),
        )
        for hour in range(24)
    ]
    by_day = [
        Bar(
            value=days[day],
            tip=words.word("count-tip", period=words.weekday(day), count=words.count("articles", days[day])),
        )
        for day in _WEEK
    ]
    return {
        "hours": bars("hours", by_hour, words.word("rhythm-hours")) if hours else None,
        "days": bars("days", by_day, words.word("rhythm-days")),
        "weekdays": [words.weekday(day) for day in _WEEK],
    }


def _last_run(view: View, found: Outlet) -> tuple[RunRecord | None, str | None]:
    """Return the record of the last run, or the sentence that says why it cannot be read."""
    if found.last_run is None:
        return None, None
    try:
        return read_record(view.room.storage, found.last_run), None
    except ArchiveError as error:
        return None, str(error)
