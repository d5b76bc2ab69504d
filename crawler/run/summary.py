"""What a run did, in numbers, and what was wrong with it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from crawler.errors import is_passing

if TYPE_CHECKING:  # every command loads this module, few print the table
    from rich.table import Table

    from crawler.storage.outbox import Delivery

REASONS_SHOWN = 12
FILES_SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """The counters that a person asks for, out of Scrapy's statistics."""

    site: str
    run_id: str
    reason: str  # Scrapy's finish reason
    seconds: float
    found: int
    fetched: int
    unchanged: int
    requisites: int  # pictures and what else pages need to be looked at
    articles: int
    known: int  # article addresses that were known before
    lists: int  # lists that were read, or are as they were when they were read
    lists_unchanged: int  # of these, the latter
    bytes_received: int
    dropped: Mapping[str, int]
    failed: Mapping[str, int]  # pages
    failed_lists: Mapping[str, int]
    refused: Mapping[str, int]  # entries of lists
    errors: int  # faults of our own
    left: Mapping[str, Any]  # of the walk through the lists: lists, pages, back_to (RFC 3339 or None)
    delivery: "Delivery | None" = field(repr=False)

    @classmethod
    def of(cls, stats: Mapping[str, Any], *, site: str, run_id: str, delivery: "Delivery | None") -> Self:
        return cls(
            site=site,
            run_id=run_id,
            reason=stats.get("finish_reason", "never started"),
            seconds=stats.get("elapsed_time_seconds", 0.0),
            found=stats.get("discovery/found", 0),
            fetched=stats.get("pages/fetched", 0),
            unchanged=stats.get("pages/unchanged", 0),
            requisites=stats.get("requisites/fetched", 0),
            articles=stats.get("articles/stored", 0),
            known=stats.get("discovery/found", 0) - stats.get("discovery/new", 0),
            lists=stats.get("discovery/lists_read", 0) + stats.get("discovery/lists_unchanged", 0),
            lists_unchanged=stats.get("discovery/lists_unchanged", 0),
            bytes_received=stats.get("capture/bytes_received", 0),
            dropped=_below(stats, "dropped/"),
            failed=_below(stats, "failed/pages/"),
            failed_lists=_below(stats, "failed/lists/"),
            refused=_below(stats, "discovery/refused/"),
            left=_below(stats, "left/"),
            errors=stats.get("spider_exceptions/count", 0) + stats.get("errors/items", 0),
            delivery=delivery,
        )

    def problems(self) -> list[str]:
        """One sentence for each thing that keeps the run from being a good one; none: exit code 0."""
        found = []
        if self.reason != "finished":
            found.append(f"The crawl ended before its end: {self.reason}.")
        elif self.lists == 0:
            why = ", ".join(f"{reason} {count}" for reason, count in self.failed_lists.items()) or "no answer"
            found.append(f"No feed, sitemap or section of {self.site} could be read ({why}).")
        found += self._lost_pages()
        if self.errors:
            found.append(f"{self.errors} errors of the program itself; the log names them.")
        if self.delivery is None:
            found.append("The run's files were not delivered to the archive.")
        elif self.delivery.failed:
            found += [f"Still in the spool: {key}: {why}" for key, why in self.delivery.failed.items()]
        return found

    def _lost_pages(self) -> list[str]:
        """Pages that a better moment might have given, and pages that our reading failed on."""
        lost = {why: n for why, n in self.failed.items() if is_passing(why)}
        unread = {why: n for why, n in self.dropped.items() if why.startswith("extraction-")}
        found = []
        for counts, what in ((lost, "could not be fetched"), (unread, "could not be read")):
            if counts:
                reasons = ", ".join(f"{why} {n:,}" for why, n in counts.items())
                found.append(f"{sum(counts.values()):,} pages {what} ({reasons}).")
        return found

    def record(self) -> dict[str, Any]:
        """JSON-able, for runs/<run_id>/stats.json."""
        files = () if self.delivery is None else self.delivery.delivered
        return {
            "run_id": self.run_id,
            "site": self.site,
            "reason": self.reason,
            "seconds": round(self.seconds, 3),
            "found": self.found,
            "fetched": self.fetched,
            "unchanged": self.unchanged,
            "requisites": self.requisites,
            "articles": self.articles,
            "known": self.known,
            "lists": self.lists,
            "lists_unchanged": self.lists_unchanged,
            "bytes_received": self.bytes_received,
            "dropped": dict(self.dropped),
            "failed": dict(self.failed),
            "failed_lists": dict(self.failed_lists),
            "refused": dict(self.refused),
            "errors": self.errors,
            "left": dict(self.left),
            "files": [{"key": file.key, "size": file.size, "sha256": file.sha256} for file in files],
        }


def table(summary: Summary, archive: str) -> "Table":
    """Return the table that a person reads after a run."""
    from rich.table import Table  # noqa: PLC0415

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
        grid.add_row("left", _left(summary.left))
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
    """The files that the run wrote, a line each, the first of them where they are many."""
    if summary.delivery is None:
        return []
    files = summary.delivery.delivered
    lines = [f"  {file.key}  {readable_bytes(file.size)}" for file in files[:FILES_SHOWN]]
    return lines + ([f"  and {len(files) - FILES_SHOWN:,} more"] if len(files) > FILES_SHOWN else [])


def readable_bytes(count: float) -> str:
    for unit in ("B", "KB", "MB"):
        if count < 1000:  # noqa: PLR2004 - SI units, as disks are sold
            return f"{count:,.0f} {unit}" if unit == "B" else f"{count:,.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} GB"


def _left(left: Mapping[str, Any]) -> str:
    """How far the walk through the site's lists has come."""
    if not left["lists"] and not left["pages"]:
        return "nothing: every list was read, and every page in them fetched"
    told = f"{left['pages']:,} pages, {left['lists']:,} lists; the next run goes on there"
    if left["back_to"]:
        return f"{told} (complete back to {left['back_to'][:10]})"
    return told


def _below(stats: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {key.removeprefix(prefix): count for key, count in sorted(stats.items()) if key.startswith(prefix)}


def _reasons(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    shown = ", ".join(f"{reason} {count:,}" for reason, count in ordered[:REASONS_SHOWN])
    more = len(ordered) - REASONS_SHOWN
    return f"{sum(counts.values()):,}" + (
        f"  ({shown}{f', {more} more reasons' if more > 0 else ''})" if shown else ""
    )
