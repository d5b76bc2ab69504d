"""Scrapy's command `wacz`: make a WACZ file, which ReplayWeb.page opens, of a part of the archive."""

import argparse
import sys
from pathlib import Path

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.options.command import PlainCommand


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] --output FILE [--site S] [--run ID] [--since D] [--until D] [--urls FILE]"

    def short_desc(self) -> str:
        return "Make a WACZ file, which ReplayWeb.page opens, of a part of the archive"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--output", "-o", metavar="FILE", help="the file to write; it must not exist")
        add("--site", metavar="S", help="only captures of this site, by its name in the archive")
        add("--run", metavar="ID", dest="run_id", help="only captures of this run (a folder of runs/)")
        add("--since", metavar="D", help="only captures from this day or moment on (days in UTC)")
        add("--until", metavar="D", help="only captures until this day (included) or moment")
        add("--urls", metavar="FILE", help="only these addresses, one a line, in any spelling; - is stdin")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        address = self.archive_named(args)
        if not opts.output:
            raise ScrapyUsageError("Name the file to write, like: --output barada.wacz")
        from crawler.options.archive import storage_of
        from crawler.options.archived_sites import check_site
        from crawler.options.arguments import parse_arguments
        from crawler.run.summary import readable_bytes
        from crawler.wacz import Selection
        from crawler.wacz.file import make_wacz, missing_parts, read_addresses

        window = parse_arguments({"since": opts.since, "until": opts.until}, zone=None).window
        selection = Selection(
            site=opts.site,
            run_id=opts.run_id,
            since=window.since,
            until=window.until,
            addresses=read_addresses(opts.urls) if opts.urls else None,
        )
        storage = storage_of(self.settings, address)
        check_site(storage, opts.site)
        target = Path(opts.output)
        written = make_wacz(target, storage, selection)
        size = readable_bytes(target.stat().st_size)
        sys.stdout.write(
            f"{target}: {written.captures:,} captures out of {written.warcs:,} WARC files, "
            f"{written.pages:,} pages, {size}\n"
        )
        missing = list(missing_parts(written, storage, selection))
        for sentence in missing:
            self.complain(sentence)
        return 1 if missing else 0
