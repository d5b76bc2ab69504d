"""scrapy compact [ARCHIVE]: the many small tables of closed months become one each, safely."""

import argparse
import sys
from datetime import UTC, datetime

from crawler.archive.merged_index import keep_merged_index
from crawler.archive.names import ARTICLES_FOLDER
from crawler.compact.run import compact
from crawler.errors import ArchiveError, UsageError
from crawler.options.archive import spool_of, storage_of
from crawler.options.command import PlainCommand
from crawler.options.options import SealOptions
from crawler.run.sealing import Seal

_NAMED = 3  # tables that are told as examples


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] [--site S]"

    def short_desc(self) -> str:
        return "Merge the many small tables of closed months into one each"

    def long_desc(self) -> str:
        return (
            "Months before the last one are closed. The new table goes into the archive first, then a "
            "manifest that names what it replaces, then the old tables go; scrapy verify holds the rows to "
            "be the same. A month of which a table is locked stays as it is."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--site", metavar="S", help="only this site, by its name in the archive")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        storage = storage_of(self.settings, self.archive_named(args))
        names = storage.list_names(f"{ARTICLES_FOLDER}/")
        sites = [name.removeprefix("site=").removesuffix("/") for name in names if name.startswith("site=")]
        if not sites:
            raise ArchiveError(f"The archive {storage.address} holds no articles.")
        if opts.site is not None and opts.site not in sites:
            raise UsageError(f"The archive {storage.address} has no articles of {opts.site!r}.")
        stays: dict[str, str] = {}
        spool = spool_of(self.settings, storage)
        for site in sites if opts.site is None else [opts.site]:
            done = compact(
                storage,
                spool,
                site,
                seal=Seal.of(SealOptions.of(self.settings)),
                attempts=self.settings.getint("DELIVERY_ATTEMPTS"),
                now=datetime.now(UTC),
            )
            keep_merged_index(storage, site, spool)
            stays |= done.stays
            sys.stdout.write(
                f"{site}: {done.merged:,} tables of {done.months:,} months merged, {done.removed:,} removed\n"
            )
        for key, why in list(stays.items())[:_NAMED]:
            self.complain(f"{key} stays: {why}")
        if len(stays) > _NAMED:
            self.complain(f"{len(stays) - _NAMED:,} more tables stay.")
        return 1 if stays else 0
