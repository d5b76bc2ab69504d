"""scrapy coverage [ARCHIVE]: of what each site advertised, what the archive holds and what is missing."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from rich.console import Console
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.coverage.copies import Copy, open_copy, sites_with_ledgers
from crawler.coverage.counting import Count, Coverage, Days, total
from crawler.coverage.table import percent, reasons_line, table
from crawler.errors import ArchiveError, UsageError
from crawler.options.archive import spool_of, storage_of
from crawler.options.command import PlainCommand
from crawler.spider.described import described_sites
from crawler.storage import Storage

WIDTH = 150  # of the tables where there is no terminal
DAYS_SHOWN = 30


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] [--site S]… [--since DAY] [--until DAY] [--missing] [--fail-under PERCENT] [--json]"

    def short_desc(self) -> str:
        return "Tell by site and day what was advertised, fetched and archived, and what is missing and why"

    def long_desc(self) -> str:
        return (
            "Counts in the sites' ledgers, which lie in the archive (a folder or s3://bucket/prefix, else "
            "the setting ARCHIVE). Days are those of publication on the outlet's calendar. docs/coverage.md "
            "explains each column and reason."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--site", metavar="S", action="append", default=[], help="of this site; may be given again")
        add("--since", metavar="DAY", help="published on this day or later, like 2026-01-31")
        add("--until", metavar="DAY", help="published on this day or before")
        add(
            "--days",
            metavar="N",
            type=int,
            default=DAYS_SHOWN,
            help=f"rows of a table (default {DAYS_SHOWN})",
        )
        add(
            "--missing",
            action="store_true",
            help="list what is missing: site, day, reason, address, tabs between",
        )
        add("--fail-under", metavar="PERCENT", type=float, help="exit code 1 where less of a site is covered")
        add("--json", action="store_true", help="one JSON object a line: a site, or a missing page")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        days = Days(since=_day("since", opts.since), until=_day("until", opts.until))
        if days.since and days.until and days.since > days.until:
            raise UsageError(f"--since {opts.since} lies after --until {opts.until}.")
        if opts.days < 1:
            raise UsageError(f"--days {opts.days} shows nothing: write a number from 1 up.")
        if opts.fail_under is not None and not 0 <= opts.fail_under <= 100:  # noqa: PLR2004 - percent
            raise UsageError(f"--fail-under {opts.fail_under} is no percentage: write 0 to 100.")
        if opts.missing and opts.fail_under is not None:
            raise ScrapyUsageError("Choose one of --missing and --fail-under.")
        storage = storage_of(self.settings, self.archive_named(args))
        poor = 0
        for site in self._sites(storage, opts.site):
            with self._coverage(storage, site, days) as (copy, coverage):
                if opts.missing:
                    _list_missing(site, coverage, as_json=opts.json)
                else:
                    whole = _tell(site, copy, coverage, opts)
                    poor += self._is_poor(site, whole, opts.fail_under)
        return 1 if poor else 0

    def _sites(self, storage: Storage, wanted: list[str]) -> list[str]:
        known = sites_with_ledgers(spool_of(self.settings, storage), storage)
        for site in wanted:
            if site not in known:
                raise UsageError(f"{storage.address} knows of no site {site!r}; it has {_names(known)}.")
        if not known:
            raise ArchiveError(f"The archive {storage.address} holds no ledger: nothing was crawled into it.")
        return list(dict.fromkeys(wanted)) or known

    @contextmanager
    def _coverage(self, storage: Storage, site: str, days: Days) -> Iterator[tuple[Copy, Coverage]]:
        zones = {each.name: each.zone for each in described_sites(self.settings)}
        with open_copy(spool_of(self.settings, storage), storage, site) as copy:
            files = (entry.key for entry in storage.list(f"warc/{site}/"))
            yield copy, Coverage(copy.database, files, zones.get(site), days)

    def _is_poor(self, site: str, whole: Count, least: float | None) -> bool:
        if least is None:
            return False
        if not whole.advertised:
            self.complain(f"{site}: nothing was advertised, so nothing is covered.")
            return True
        if whole.covered < least:
            self.complain(f"{site}: {percent(whole)} % are covered, which is under {least:g} %.")
            return True
        return False


def _tell(site: str, copy: Copy, coverage: Coverage, opts: argparse.Namespace) -> Count:
    """Print a site's coverage; its totals."""
    days = coverage.days()
    whole = total(days.values())
    missing, without = coverage.reasons(), coverage.without_article()
    if opts.json:
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
    console = Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    where = "the archive's ledger" if copy.place == "archive" else "this machine's ledger"
    console.print(table(f"{site}: {where}, last run {copy.last_run or 'none'}", days, opts.days))
    for line in (reasons_line("missing", missing), reasons_line("fetched without an article", without)):
        if line:
            console.print(line, soft_wrap=True)
    return whole


def _list_missing(site: str, coverage: Coverage, *, as_json: bool) -> None:
    for each in coverage.missing():
        if as_json:
            told = {"site": site, "day": each.day, "reason": each.reason, "url": each.url}
            sys.stdout.write(json.dumps(told) + "\n")
        else:
            sys.stdout.write("\t".join(map(_plain, (site, each.day, each.reason, each.url))) + "\n")


def _plain(text: str) -> str:
    """A ledger that somebody else wrote cannot speak to the terminal."""
    return text if text.isprintable() else ascii(text)


def _day(name: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"--{name} {text!r} is no day: write it as 2026-01-31.") from None


def _names(known: list[str]) -> str:
    return ", ".join(known[:20]) + (f" and {len(known) - 20} more" if len(known) > 20 else "") or "none"  # noqa: PLR2004
