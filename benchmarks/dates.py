"""The date engine beside htmldate and dateparser, on the published table of Arabic date strings.

Each tool gets what it can take: the engine the whole row; htmldate a minimal page whose only date is the
visible text; dateparser (`ar`, day first) the text, the zone and the time of fetching. The engine must give
the moment and its precision, the peers, which know no precision, only the day of the outlet. So the peers'
column is the kinder one.

A row is *right* (the answer of the table, nothing where the table has none), *wrong* (any other answer, given
silently) or *none* (no answer where there is one).

    python -m benchmarks.dates [--list TOOL]
"""

import argparse
import json
import logging
import time
import warnings
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dateparser import parse as parse_date  # type: ignore[import-untyped]
from htmldate import find_date

from crawler.arabic.dates import parse_moment

TABLE = Path("tests/arabic/date_strings.json")
Row = dict[str, Any]
Verdict = Literal["right", "wrong", "none"]
_PAGE = (
    '<html lang="ar"><head><title>خبر</title></head><body><h1>خبر</h1><p class="date">{}</p></body></html>'
)
_LATEST = datetime(2030, 1, 1, tzinfo=UTC)  # so that no peer refuses a date for lying after this measurement


def engine(row: Row) -> Verdict:
    moment = parse_moment(
        row["text"],
        zone=_zone(row),
        fetched_at=_fetched_at(row),
        country=row.get("country"),
        day_first=row.get("day_first"),
    )
    if moment is None:
        return _judged(None, row["expected"])
    return _judged((moment.value.isoformat(), moment.precision), (row["expected"], row["precision"]))


def htmldate(row: Row) -> Verdict:
    page = _PAGE.format(escape(row["text"]))
    try:
        found = find_date(page, original_date=True, max_date=_fetched_at(row) or _LATEST)
    except ValueError:  # an offset of 25 hours: no answer, if an unfriendly one
        found = None
    return _judged(found, _day(row))


def dateparser(row: Row) -> Verdict:
    order = "MDY" if row.get("day_first") is False else "DMY"
    settings: dict[str, Any] = {"DATE_ORDER": order, "REQUIRE_PARTS": ["day", "month", "year"]}
    fetched_at = _fetched_at(row)
    if fetched_at:
        settings["RELATIVE_BASE"] = fetched_at.astimezone(_zone(row) or UTC).replace(tzinfo=None)
    found = parse_date(row["text"], languages=["ar", "en"], settings=settings)
    return _judged(found and found.date().isoformat(), _day(row))


TOOLS: dict[str, Callable[[Row], Verdict]] = {
    "warraq": engine,
    "htmldate": htmldate,
    "dateparser": dateparser,
}


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--list", choices=TOOLS, help="print the rows that this tool gets wrong or misses")
    chosen = options.parse_args().list
    logging.disable(logging.CRITICAL)  # htmldate logs each page without a date
    table: list[Row] = json.loads(TABLE.read_text("utf-8"))
    if chosen:
        _list(TOOLS[chosen], table)
        return
    for title, rows in (
        ("strings with a date", [row for row in table if row["expected"]]),
        ("strings that state none or leave a doubt", [row for row in table if not row["expected"]]),
    ):
        _score(f"{len(rows)} {title}", rows)


def _score(title: str, rows: list[Row]) -> None:
    print(f"\n{title}\n{'':22}{'right':>7}{'wrong':>7}{'none':>7}{'ms each':>9}")
    for name, tool in TOOLS.items():
        tool(rows[0])  # what a tool loads on its first call is not what a page costs
        began = time.process_time()
        verdicts = Counter(tool(row) for row in rows)
        cost = (time.process_time() - began) / len(rows) * 1000
        label = name if name == "warraq" else f"{name} {version(name)}"
        print(f"{label:22}{verdicts['right']:7}{verdicts['wrong']:7}{verdicts['none']:7}{cost:9.2f}")


def _list(tool: Callable[[Row], Verdict], table: list[Row]) -> None:
    for row in table:
        verdict = tool(row)
        if verdict != "right":
            print(f"{verdict:6} {row['text']!r}  expected {row['expected']}  ({row['note']})")


def _judged(found: object, expected: object) -> Verdict:
    if found == expected:
        return "right"
    return "none" if found is None else "wrong"


def _day(row: Row) -> str | None:
    """Return the day in the outlet's zone, or in the zone that the text itself names."""
    return date.fromisoformat(row["expected"][:10]).isoformat() if row["expected"] else None


def _zone(row: Row) -> ZoneInfo | None:
    return ZoneInfo(row["zone"]) if "zone" in row else None


def _fetched_at(row: Row) -> datetime | None:
    return datetime.fromisoformat(row["fetched_at"]) if "fetched_at" in row else None


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # the peers' own deprecations
    main()
