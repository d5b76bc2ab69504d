"""The summary of a run: its figures, and its problems in sentences. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from crawler.errors import Reason, is_passing

if TYPE_CHECKING:  # every command loads this module
    from crawler.storage.outbox import Delivery


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """The figures of a run that a person reads, taken from Scrapy's statistics."""

    site: str
    run_id: str
    reason: str  # Scrapy's finish reason
    seconds: float
    found: int
    fetched: int
    unchanged: int
    requisites: int  # images, style sheets, fonts
    articles: int
    known: int  # article addresses that were known before
    lists: int  # lists that were read, or are unchanged
    lists_unchanged: int  # included in `lists`
    bytes_received: int
    dropped: Mapping[str, int]
    failed: Mapping[str, int]  # pages
    failed_lists: Mapping[str, int]
    starts: int  # lists that the site's description names, or the one address of `crawl news`
    failed_starts: Mapping[str, int]  # of these, by cause
    refused: Mapping[str, int]  # entries of lists
    errors: int  # errors of the program itself
    left: Mapping[
        str, Any
    ]  # to the next run: lists, pages; and back_to (RFC 3339 or None), see ledger.progress
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
            starts=stats.get("discovery/starts", 0),
            failed_starts=_below(stats, "failed/starts/"),
            refused=_below(stats, "discovery/refused/"),
            left=_below(stats, "left/"),
            errors=stats.get("spider_exceptions/count", 0) + stats.get("errors/items", 0),
            delivery=delivery,
        )

    def problems(self) -> list[str]:
        """Return a sentence for each thing that keeps the run from being a good one (exit code 1)."""
        found = []
        if self.reason != "finished":
            found.append(f"The crawl ended before its end: {self.reason}.")
        else:
            found += self._lost_lists()
        found += self._lost_pages()
        if self.errors:
            found.append(f"{self.errors} errors of the program itself; the log names them.")
        if self.delivery is None:
            found.append("The run's files were not delivered to the archive.")
        elif self.delivery.failed:
            found += [f"Still in the spool: {key}: {why}" for key, why in self.delivery.failed.items()]
        return found

    def _lost_lists(self) -> list[str]:
        """Return a sentence if lists failed that the crawl depends on, or if no list named an article."""
        causes = ", ".join(f"{cause} {count:,}" for cause, count in self.failed_starts.items())
        if self.lists == 0:
            others = ", ".join(f"{reason} {count:,}" for reason, count in self.failed_lists.items())
            why = causes or others or "no answer"
            return [f"No feed, sitemap or section of {self.site} could be read ({why})."]
        lost = sum(self.failed_starts.values())
        if lost and (lost == self.starts or any(map(is_passing, self.failed_starts))):
            return [
                f"{lost:,} of the {self.starts:,} addresses that the crawl starts from failed ({causes})."
            ]
        if not self.found and not self.lists_unchanged and not self.refused.get(Reason.OUTSIDE_WINDOW):
            return [f"No list of {self.site} names an article; {self.lists:,} were read."]
        return []

    def _lost_pages(self) -> list[str]:
        """Return sentences for pages that may come another time, and pages that could not be read."""
        lost = {why: n for why, n in self.failed.items() if is_passing(why)}
        unread = {why: n for why, n in self.dropped.items() if why.startswith("extraction-")}
        found = []
        for counts, what in ((lost, "could not be fetched"), (unread, "could not be read")):
            if counts:
                reasons = ", ".join(f"{why} {n:,}" for why, n in counts.items())
                found.append(f"{sum(counts.values()):,} pages {what} ({reasons}).")
        return found

    def record(self) -> dict[str, Any]:
        """Return the figures as a value for JSON, for runs/<run_id>/stats.json."""
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
            "failed_starts": dict(self.failed_starts),
            "refused": dict(self.refused),
            "errors": self.errors,
            "left": dict(self.left),
            "files": [{"key": file.key, "size": file.size, "sha256": file.sha256} for file in files],
        }


def readable_bytes(count: float) -> str:
    """Return a number of bytes with an SI unit, such as 1.5 MB."""
    for unit in ("B", "KB", "MB"):
        if count < 1000:  # noqa: PLR2004 - SI units, as disks are sold
            return f"{count:,.0f} {unit}" if unit == "B" else f"{count:,.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} GB"


def _below(stats: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {key.removeprefix(prefix): count for key, count in sorted(stats.items()) if key.startswith(prefix)}
