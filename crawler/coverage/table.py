"""A site's coverage as a person reads it."""

from collections.abc import Mapping

from rich.table import Table

from crawler.coverage.counting import Count, total

REASONS_SHOWN = 8


def table(title: str, days: Mapping[str, Count], most: int) -> Table:
    """The youngest `most` days, those before them in one row, and the totals."""
    grid = Table(title=title, title_justify="left")
    grid.add_column("published")
    for name in ("advertised", "fetched", "archived", "read back", "articles", "missing", "covered"):
        grid.add_column(name, justify="right")
    grid.add_column("advertised by")
    shown = list(days.items())[:most]
    for day, count in shown:
        grid.add_row(day, *_cells(count))
    if older := list(days.values())[most:]:
        grid.add_row(f"{len(older):,} days more", *_cells(total(older)))
    grid.add_section()
    grid.add_row("all", *_cells(total(days.values())))
    return grid


def reasons_line(what: str, reasons: Mapping[str, int]) -> str:
    """The most frequent reasons and their numbers; empty where there are none."""
    if not reasons:
        return ""
    shown = [f"{reason} {count:,}" for reason, count in list(reasons.items())[:REASONS_SHOWN]]
    more = len(reasons) - len(shown)
    return f"{what}: {', '.join(shown)}{f', {more} more reasons' if more else ''}"


def _cells(count: Count) -> list[str]:
    numbers = (
        count.advertised,
        count.fetched,
        count.archived,
        count.read_back,
        count.articles,
        count.missing,
    )
    sources = ", ".join(f"{name} {number:,}" for name, number in sorted(count.sources.items()))
    return [*(f"{number:,}" for number in numbers), f"{percent(count)} %", sources]


def percent(count: Count) -> str:
    """Never rounded up to a whole that it is not."""
    return f"{int(count.covered * 10) / 10:.1f}"
