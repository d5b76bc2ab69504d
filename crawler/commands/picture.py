"""Scrapy's command `picture`: make a picture of an archived page, and keep it in the archive."""

import argparse
import sys

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.errors import UsageError
from crawler.options.command import PlainCommand

MOST_SECONDS = 3_600
LEAST_MEMORY, MOST_MEMORY = 100, 100_000  # MiB


class Command(PlainCommand):
    def syntax(self) -> str:
        return "URL|ID [ARCHIVE] [--output FOLDER] [--scripts] [--seconds N] [--memory MIB]"

    def short_desc(self) -> str:
        return "Make a picture (PNG and PDF) of an archived page, and keep it in the archive"

    def long_desc(self) -> str:
        return (
            "Shows the record in Chromium, which reaches nothing but the archive, and keeps the whole page "
            "as PNG and PDF in conversion records of a run of their own. They say that they were rendered "
            "later from the record, and by which browser. Scripts of the page are off."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--output", "-o", metavar="FOLDER", help="write picture.png and picture.pdf there, too")
        add("--scripts", action="store_true", help="run the scripts of the page that are in the archive")
        add("--seconds", type=float, default=60.0, metavar="N", help="time for the browser (default: 60)")
        add("--memory", type=int, default=1500, metavar="MIB", help="its memory in MiB (default: 1500)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if not args:
            raise ScrapyUsageError("Name one page, by its address or by the id of its article.")
        if not (1 <= opts.seconds <= MOST_SECONDS and LEAST_MEMORY <= opts.memory <= MOST_MEMORY):
            raise UsageError(
                f"--seconds takes 1 to {MOST_SECONDS}, --memory {LEAST_MEMORY} to {MOST_MEMORY} MiB."
            )
        from pathlib import Path

        from crawler.options.archive import spool_of, storage_of
        from crawler.options.options import SealOptions
        from crawler.picture.browser import find_browser
        from crawler.picture.keeping import keep
        from crawler.picture.making import picture_of, write_copies
        from crawler.picture.rendering import Limits
        from crawler.run.sealing import Seal
        from crawler.tables.subject import find_subject

        program = find_browser()
        seal = Seal.of(SealOptions.of(self.settings))
        storage = storage_of(self.settings, self.archive_named(args[1:]))
        subject = find_subject(storage, args[0])
        limits = Limits(seconds=opts.seconds, memory=opts.memory << 20, runs_scripts=opts.scripts)
        rendering = picture_of(program, storage, subject, limits)
        run_id, kept = keep(
            storage,
            spool_of(self.settings, storage),
            subject,
            rendering,
            seal=seal,
            attempts=self.settings.getint("DELIVERY_ATTEMPTS"),
        )
        copies = write_copies(rendering, Path(opts.output)) if opts.output else []
        lines = [
            f"{subject.url}: {rendering.width} × {rendering.height} pixels, by {rendering.software}",
            f"kept in {kept[0].warc_file}, run {run_id}",
            *(str(path) for path in copies),
        ]
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        if rendering.is_cut:
            self.complain(f"The PNG shows the first {rendering.height:,} pixels of a higher page.")
        if rendering.missing:
            shown = ", ".join(rendering.missing[:3])
            self.complain(f"{len(rendering.missing):,} parts of the page are not in the archive: {shown}")
        return 0
