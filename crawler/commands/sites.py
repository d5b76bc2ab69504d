"""Scrapy's command `sites`: list the sites that the project describes."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.errors import ArchiveError, UsageError
from crawler.options.command import PlainCommand

if TYPE_CHECKING:
    from crawler.storage import Storage


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[SITE] [--country CC] [--kind K] [--checked C] [--platform P] [--count] [--json | --csv]"

    def short_desc(self) -> str:
        return "List the known sites, or show what is known of one and from where"

    def long_desc(self) -> str:
        return (
            "Options narrow each other. With SITE the command prints each claim about the outlet and its "
            "origin. docs/outlets.md explains the table of outlets."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--country", metavar="CC", help="list the outlets of a country, as two letters: SY")
        add("--kind", metavar="K", help="list one kind: daily, agency, broadcaster, local, magazine, online")
        add("--checked", metavar="C", help="list sites checked so: recorded, live, listed, declared")
        add("--platform", metavar="P", help="list sites made with this system: wordpress")
        add("--count", action="store_true", help="print the number of outlets of each country instead")
        add("--json", action="store_true", help="print one JSON array")
        add("--csv", action="store_true", help="print CSV, without the claims")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from crawler.options.terminal import console_for
        from crawler.registry.view import CHECKED, by_country
        from crawler.spider.loader import described_sites
        from crawler.survey import sites as listing

        if len(args) > 1:
            raise UsageError("Name one site at most.")
        if opts.json and opts.csv:
            raise UsageError("Choose one of --json and --csv.")
        if opts.checked and opts.checked not in CHECKED:
            raise UsageError(f"--checked {opts.checked!r} is unknown: write {', '.join(CHECKED)}.")
        sites = {site.name: site for site in described_sites(self.settings)}
        if args and args[0] not in sites:
            raise UsageError(f"There is no site {args[0]!r}: scrapy sites lists them.")
        wanted = {name: getattr(opts, name) for name in listing.FILTERS if getattr(opts, name)}
        chosen = [site for site in sites.values() if listing.matches(site, wanted)]
        chosen = [site for site in chosen if site.name in (args or sites)]
        if opts.count:
            records = by_country(listing.rows_of(chosen))
            listing.print_counts(records, console_for(), opts.json, opts.csv)
            return 0
        crawled = self._last_crawls()
        records = [listing.site_record(site, crawled.get(site.name)) for site in chosen]
        if opts.json or opts.csv:
            listing.write(records, opts.json)
        elif args and records:
            listing.print_claims(records[0], self._rhythm(args[0]), console_for())
        else:
            listing.print_sites(records, console_for(), any_site=not wanted)
        return 0

    def _storage(self) -> "Storage | None":
        """Return the archive; None where it does not exist."""
        from crawler.options.archive import storage_of

        storage = storage_of(self.settings)
        return storage if storage.address.startswith("s3://") or Path(storage.address).exists() else None

    def _last_crawls(self) -> Mapping[str, str]:
        """Return the newest crawl of each site; none where the archive does not exist or answer."""
        from crawler.archive.runs import last_runs

        try:
            storage = self._storage()
            return last_runs(storage) if storage else {}
        except ArchiveError as error:  # the list is useful without them
            self.complain(str(error))
        return {}

    def _rhythm(self, site: str) -> float | None:
        """Return the new articles a day that the runs of a site learned; None where it is unknown."""
        from crawler.health.record import AFTER_ALL_RUNS, last_records

        try:
            storage = self._storage()
            records = last_records(storage, site, AFTER_ALL_RUNS) if storage else []
        except ArchiveError:  # _last_crawls has reported it
            return None
        return records[0].rhythm.per_day if records else None
