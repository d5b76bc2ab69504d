"""scrapy report: what an archive holds, or what one run did, as a page that needs no network."""

import argparse
import sys
from pathlib import Path

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.archive.names import site_of_run
from crawler.errors import ArchiveError, UsageError
from crawler.options.archive import storage_of
from crawler.options.command import PlainCommand
from crawler.run.summary import readable_bytes
from crawler.spider.described import described_sites
from crawler.storage import Storage
from crawler.storage.durable import new_file

OUTPUT = "report.html"


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] [--output FILE] [--site S | --run ID]"

    def short_desc(self) -> str:
        return "Write a page about an archive, a site in it, or one run; it needs no network"

    def long_desc(self) -> str:
        return (
            "Reads a folder or s3://bucket/prefix (else the setting ARCHIVE) and writes one HTML file: sites "
            "by country, articles by month and site, the last crawl of each, gaps, fields, sizes. With --run "
            "it makes the report of that run again. docs/report.md explains what is shown."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--output", "-o", metavar="FILE", default=OUTPUT, help=f"default {OUTPUT}; - is stdout"
        )
        parser.add_argument("--site", help="only this site, by its name in the archive")
        parser.add_argument("--run", dest="run_id", help="the report of this run (a folder of runs/)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        address = self.archive_named(args)
        if opts.site and opts.run_id:
            raise ScrapyUsageError("Name a site or a run, not both.")
        storage = storage_of(self.settings, address)
        page = self._run_page(storage, opts.run_id) if opts.run_id else self._page(storage, opts.site)
        if opts.output == "-":
            sys.stdout.buffer.write(page)
            sys.stdout.buffer.flush()
        else:
            _write(Path(opts.output), page)
            sys.stdout.write(f"{opts.output}: {readable_bytes(len(page))}\n")
        return 0

    def _page(self, storage: Storage, site: str | None) -> bytes:
        from crawler.report.making import archive_report  # noqa: PLC0415 - what it needs is large

        return archive_report(storage, list(described_sites(self.settings)), site)

    def _run_page(self, storage: Storage, run_id: str) -> bytes:
        from crawler.report.making import run_report  # noqa: PLC0415

        name = site_of_run(run_id)
        if name is None:
            raise UsageError(f"{run_id[:100]!r} is no run's name; a run is a folder of runs/.")
        described = {site.name: site for site in described_sites(self.settings)}
        return run_report(
            storage, run_id, site=described.get(name), ignore=self.settings.getlist("HEALTH_IGNORE")
        )


def _write(target: Path, page: bytes) -> None:
    """Whole or not at all; a page of before is replaced, for a report is made again and again."""
    try:
        with new_file(target, replace=True) as (stream, _):
            stream.write(page)
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written: {error.strerror or error}.") from error
