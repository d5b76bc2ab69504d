"""Scrapy's command `sites`: list the sites that the project describes."""

import argparse
import json
import sys
from pathlib import Path

from crawler.errors import ArchiveError
from crawler.options.command import PlainCommand


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[--json]"

    def short_desc(self) -> str:
        return "List the known sites: what each offers, when it was last crawled"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON array")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from crawler.options.terminal import console_for
        from crawler.spider.described import described_sites
        from crawler.survey.sites import print_sites, site_record

        crawled = self._last_crawls()
        records = [site_record(site, crawled.get(site.name)) for site in described_sites(self.settings)]
        if opts.json:
            json.dump(records, sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            print_sites(records, console_for())
        return 0

    def _last_crawls(self) -> dict[str, str]:
        """Return the newest crawl of each site; none where the archive does not exist or answer."""
        from crawler.archive.runs import last_runs
        from crawler.options.archive import storage_of

        try:
            storage = storage_of(self.settings)
            if storage.address.startswith("s3://") or Path(storage.address).exists():
                return last_runs(storage)
        except ArchiveError as error:  # the list is useful without them
            self.complain(str(error))
        return {}
