"""The table and the lines that the crawl command prints after a run."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from crawler.run.summary import Summary, readable_bytes

REASONS_SHOWN = 12
FILES_SHOWN = 20


def table(summary: Summary, archive: str) -> Table:
    """Return the table that a person reads after a run."""
    grid = Table(title=f"{summary.site}: run {summary.run_id}", show_header=False, title_justify="left")
    grid.add_column(style="bold")
    grid.add_column()
    grid.add_row("found", f"{summary.found:,} article addresses, {summary.known:,} of them known before")
    grid.add_row("lists", f"{summary.lists:,} read, {summary.lists_unchanged:,} of them as they were")
    grid.add_row("fetched", f"{summary.fetched:,} pages in {summary.seconds:.1f} s")
    grid.add_row("unchanged", f"{summary.unchanged:,}")
    if summary.requisites:
        grid.add_row("requisites", f"{summary.requisites:,} pictures and the like")
    grid.add_row("articles", f"{summary.articles:,}")
    if summary.left:
        grid.add_row("left", _left(summary.left, sum(summary.failed_lists.values())))
    grid.add_row("dropped", _reasons(summary.dropped))
    grid.add_row("failed", _reasons(summary.failed))
    if summary.failed_lists:
        grid.add_row("lists failed", _reasons(summary.failed_lists))
    if summary.refused:
        grid.add_row("not followed", _reasons(summary.refused))
    grid.add_row("received", readable_bytes(summary.bytes_received))
    if summary.delivery is not None:
        size = readable_bytes(sum(file.size for file in summary.delivery.delivered))
        grid.add_row("written", f"{len(summary.delivery.delivered):,} files, {size}, into {archive}")
    return grid


def written(summary: Summary) -> list[str]:
    """Return a line for each file that the run wrote, for the first FILES_SHOWN of them."""
    if summary.delivery is None:
        return []
    files = summary.delivery.delivered
    lines = [f"  {file.key}  {readable_bytes(file.size)}" for file in files[:FILES_SHOWN]]
    return lines + ([f"  and {len(files) - FILES_SHOWN:,} more"] if len(files) > FILES_SHOWN else [])


def _left(left: Mapping[str, Any], failed_lists: int) -> str:
    """Say what is left of the site's lists and pages for the next run."""
    if failed_lists and not left["lists"] and not left["pages"]:
        return f"nothing, but {failed_lists:,} lists failed, and their articles are not known"
    if not left["lists"] and not left["pages"]:
        return "nothing: every list was read, and every page in them fetched"
    left_over = f"{left['pages']:,} pages, {left['lists']:,} lists; the next run goes on there"
    if left["back_to"]:
        return f"{left_over} (complete back to {left['back_to'][:10]})"
    return left_over


def _reasons(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    shown = ", ".join(f"{reason} {count:,}" for reason, count in ordered[:REASONS_SHOWN])
    more = len(ordered) - REASONS_SHOWN
    return f"{sum(counts.values()):,}" + (
        f"  ({shown}{f', {more} more reasons' if more > 0 else ''})" if shown else ""
    )
