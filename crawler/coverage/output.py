"""The coverage of a site as text: a table and lines for a person, or JSON."""

import json
import sys
from collections.abc import Mapping
from typing import Any

from crawler.coverage.copies import Copy
from crawler.coverage.counting import Count, Coverage, total
from crawler.options.terminal import Column, console_for, print_table

REASONS_SHOWN = 8
_COLUMNS = (
    Column(header="published"),
    Column(header="advertised", justify="right"),
    Column(header="fetched", justify="right", dropped=4),
    Column(header="archived", justify="right", dropped=3),
    Column(header="read back", justify="right", dropped=2),
    Column(header="articles", justify="right"),
    Column(header="missing", justify="right"),
    Column(header="given up", justify="right", dropped=5),
    Column(header="covered", justify="right"),
    Column(header="advertised by", breaks="words", dropped=1),
)


def print_coverage(site: str, copy: Copy, coverage: Coverage, *, max_days: int, as_json: bool) -> Count:
    """Print the coverage of a site, by day for the youngest `max_days` days; return its totals."""
    days = coverage.days()
    whole = total(days.values())
    missing, without = coverage.reasons(), coverage.without_article()
    if as_json:
        record: dict[str, Any] = {
            "site": site,
            "ledger": copy.place,
            "last_run": copy.last_run,
            "total": whole.record(),
            "missing_reasons": missing,
            "without_article_reasons": without,
            "days": {day: count.record() for day, count in days.items()},
        }
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        return whole
    console = console_for()
    where = "the archive's ledger" if copy.place == "archive" else "this machine's ledger"
    title = f"{site}: {where}, last run {copy.last_run or 'none'}"
    print_table(console, _COLUMNS, day_rows(days, max_days), title=title)
    given_up = {"after 30 days without an article": whole.given_up} if whole.given_up else {}
    for line in (
        reasons_line("missing", missing),
        reasons_line("given up", given_up),
        reasons_line("fetched without an article", without),
    ):
        if line:
            console.print(line, soft_wrap=True)
    return whole


def print_missing(site: str, coverage: Coverage, *, as_json: bool) -> None:
    """Print a line for each page that is missing: JSON, or fields with tabs between them."""
    for each in coverage.missing():
        if as_json:
            record = {"site": site, "day": each.day, "reason": each.reason, "url": each.url}
            sys.stdout.write(json.dumps(record) + "\n")
        else:
            sys.stdout.write("\t".join(map(_printable, (site, each.day, each.reason, each.url))) + "\n")


def day_rows(days: Mapping[str, Count], max_days: int) -> list[list[str] | None]:
    """Return the rows of the table: the youngest days, one row for all older days, a line, the totals."""
    rows: list[list[str] | None] = [[day, *_cells(count)] for day, count in list(days.items())[:max_days]]
    if older := list(days.values())[max_days:]:
        rows.append([f"{len(older):,} days more", *_cells(total(older))])
    return [*rows, None, ["all", *_cells(total(days.values()))]]


def reasons_line(title: str, reasons: Mapping[str, int]) -> str:
    """Return the most frequent reasons with their counts, or an empty text where there are none."""
    if not reasons:
        return ""
    shown = [f"{reason} {count:,}" for reason, count in list(reasons.items())[:REASONS_SHOWN]]
    more = len(reasons) - len(shown)
    return f"{title}: {', '.join(shown)}{f', {more} more reasons' if more else ''}"


def percent(count: Count) -> str:
    """Return the percentage that is covered, rounded down: 100.0 means all."""
    return f"{int(count.covered * 10) / 10:.1f}"


def _cells(count: Count) -> list[str]:
    numbers = (
        count.advertised,
        count.fetched,
        count.archived,
        count.read_back,
        count.articles,
        count.missing,
        count.given_up,
    )
    sources = ", ".join(f"{name} {number:,}" for name, number in sorted(count.sources.items()))
    return [*(f"{number:,}" for number in numbers), f"{percent(count)} %", sources]


def _printable(text: str) -> str:
    """Escape control characters: the ledger of a foreign archive must not control the terminal."""
    return text if text.isprintable() else ascii(text)
