"""Scrapy's command `report`: write a page about an archive, a site in it, or one run."""

import argparse
import sys
from pathlib import Path

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.options.command import PlainCommand

OUTPUT = "report.html"
STDOUT = "-"


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] [--output FILE] [--site S | --run ID]"

    def short_desc(self) -> str:
        return "Write a page about an archive, a site in it, or one run; it needs no network"

    def long_desc(self) -> str:
        return (
            "Reads a folder or s3://bucket/prefix (default: the setting ARCHIVE) and writes one HTML file: "
            "sites by country, articles by month and site, the last crawl of each, gaps, fields, sizes. With "
            "--run it makes the report of that run again. docs/report.md explains what is shown."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--output", "-o", metavar="FILE", default=OUTPUT, help=f"default {OUTPUT}; - is stdout")
        add("--site", metavar="S", help="only this site, by its name in the archive")
        add("--run", metavar="ID", dest="run_id", help="the report of this run (a folder of runs/)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        address = self.archive_named(args)
        if opts.site and opts.run_id:
            raise ScrapyUsageError("Name a site or a run, not both.")
        from crawler.options.archive import storage_of
        from crawler.options.archived_sites import check_site
        from crawler.report.making import archive_report, run_report_again, write_page
        from crawler.run.summary import readable_bytes
        from crawler.spider.loader import described_sites

        storage = storage_of(self.settings, address)
        check_site(storage, opts.site)
        sites = list(described_sites(self.settings))
        if opts.run_id:
            page = run_report_again(
                storage, opts.run_id, sites, ignore=self.settings.getlist("HEALTH_IGNORE")
            )
        else:
            page = archive_report(storage, sites, opts.site)
        if opts.output == STDOUT:
            sys.stdout.buffer.write(page)
            sys.stdout.buffer.flush()
        else:
            write_page(Path(opts.output), page)
            sys.stdout.write(f"{opts.output}: {readable_bytes(len(page))}\n")
        return 0
