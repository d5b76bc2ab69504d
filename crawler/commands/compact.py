"""Scrapy's command `compact`: merge the many small tables of closed months into one each."""

import argparse
import sys

from crawler.options.command import PlainCommand

_EXAMPLES = 3  # tables that stay and are named


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] [--site S] [--mend]"

    def short_desc(self) -> str:
        return "Merge the many small tables of closed months into one each"

    def long_desc(self) -> str:
        return (
            "Months before the last one are closed. The new table goes into the archive first, then a "
            "manifest that names what it replaces, then the old tables are removed; scrapy verify checks "
            "that the rows are the same. A month with a locked table stays as it is. --mend leaves out rows "
            "that store a version of an article again (scrapy verify: doubled-version), in any month."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--site", metavar="S", help="only this site, by its name in the archive")
        parser.add_argument(
            "--mend", action="store_true", help="write months with doubled rows anew without these, no others"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from datetime import UTC, datetime

        from crawler.archive.merged_index import keep_merged_index
        from crawler.compact.run import compact, sites_with_articles
        from crawler.options.archive import spool_of, storage_of
        from crawler.options.options import SealOptions
        from crawler.run.sealing import Seal

        storage = storage_of(self.settings, self.archive_named(args))
        spool = spool_of(self.settings, storage)
        stays: dict[str, str] = {}
        for site in sites_with_articles(storage, opts.site):
            done = compact(
                storage,
                spool,
                site,
                seal=Seal.of(SealOptions.of(self.settings)),
                attempts=self.settings.getint("DELIVERY_ATTEMPTS"),
                now=datetime.now(UTC),
                mend=opts.mend,
            )
            keep_merged_index(storage, site, spool)
            stays |= done.stays
            sys.stdout.write(
                f"{site}: {done.merged:,} tables of {done.months:,} months merged, {done.removed:,} removed"
                f"{f', {done.doubled:,} doubled rows left out' if opts.mend else ''}\n"
            )
        for key, reason in list(stays.items())[:_EXAMPLES]:
            self.complain(f"{key} stays: {reason}")
        if len(stays) > _EXAMPLES:
            self.complain(f"{len(stays) - _EXAMPLES:,} more tables stay.")
        return 1 if stays else 0
