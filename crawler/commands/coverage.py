"""Scrapy's command `coverage`: count what an archive holds of the pages that its sites advertised."""

import argparse

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.errors import UsageError
from crawler.options.command import PlainCommand

DAYS_SHOWN = 30
_PERCENT_MAX = 100


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] [--site S]… [--since DAY] [--until DAY] [--missing] [--fail-under PERCENT] [--json]"

    def short_desc(self) -> str:
        return "Count by site and day what was advertised, fetched and archived; say what is missing and why"

    def long_desc(self) -> str:
        return (
            "Counts in the sites' ledgers, which lie in the archive (a folder or s3://bucket/prefix; "
            "default: the setting ARCHIVE). Days are days of publication in the outlet's time zone. "
            "docs/coverage.md explains each column and reason."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--site", metavar="S", action="append", default=[], help="only this site; may be repeated")
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
            help="list pages that are missing or given up: site, day, reason, address; tabs between",
        )
        add("--fail-under", metavar="PERCENT", type=float, help="exit code 1 if less of a site is covered")
        add("--json", action="store_true", help="print one JSON object a line: a site, or a missing page")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from crawler.coverage.counting import days_between
        from crawler.coverage.output import print_coverage, print_missing
        from crawler.coverage.sites import open_coverage, shortfall, sites_to_count
        from crawler.options.archive import spool_of, storage_of
        from crawler.spider.loader import described_sites

        _check(opts)
        days = days_between(opts.since, opts.until)
        storage = storage_of(self.settings, self.archive_named(args))
        spool = spool_of(self.settings, storage)
        zones = {site.name: site.zone for site in described_sites(self.settings)}
        code = 0
        for site in sites_to_count(spool, storage, opts.site):
            with open_coverage(spool, storage, site, zones=zones, days=days) as (copy, coverage):
                if opts.missing:
                    print_missing(site, coverage, as_json=opts.json)
                    continue
                whole = print_coverage(site, copy, coverage, max_days=opts.days, as_json=opts.json)
            if opts.fail_under is not None and (sentence := shortfall(site, whole, opts.fail_under)):
                self.complain(sentence)
                code = 1
        return code


def _check(opts: argparse.Namespace) -> None:
    if opts.days < 1:
        raise UsageError(f"--days {opts.days} shows nothing: write a number from 1 up.")
    if opts.fail_under is not None and not 0 <= opts.fail_under <= _PERCENT_MAX:
        raise UsageError(f"--fail-under {opts.fail_under} is not a percentage: write 0 to 100.")
    if opts.missing and opts.fail_under is not None:
        raise ScrapyUsageError("Choose one of --missing and --fail-under.")
