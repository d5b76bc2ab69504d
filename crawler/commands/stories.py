"""Scrapy's command `stories`: find the articles that tell the same story."""

import argparse
import sys

from crawler.options.command import PlainCommand


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] [--site S]… [--since DAY]"

    def short_desc(self) -> str:
        return "Find the articles that tell the same story, and the order in which outlets printed it"

    def long_desc(self) -> str:
        return (
            "Writes tables into the archive's folder stories/: which articles share text, in which order "
            "they were published and captured, and the agency or outlet that they probably come from. "
            "Fingerprints are kept in the user's cache folder, so that the next call reads only new tables."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--site", metavar="S", action="append", default=[], help="only this site; may be repeated")
        add(
            "--since",
            metavar="DAY",
            help="only articles published on this day or later (captured, if the date is unknown)",
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from crawler.options.archive import storage_of
        from crawler.stories.run import update

        storage = storage_of(self.settings, self.archive_named(args))
        done = update(
            storage,
            sites=tuple(dict.fromkeys(opts.site)),
            since=opts.since,
            shown=_show if sys.stderr.isatty() else _silent,
        )
        sys.stdout.write(
            f"{done.stories:,} stories of {done.in_stories:,} articles among {done.articles:,}; "
            f"{done.left_out:,} round-ups and live pages left out; {done.tables_read:,} of {done.tables:,} "
            f"tables were new\nTables: stories/ in {storage.address}\n"
        )
        return 0


def _show(done: int, count: int) -> None:
    if count:
        sys.stderr.write(f"\rtables read: {done:,} of {count:,}" + ("\n" if done == count else ""))


def _silent(done: int, count: int) -> None:
    """Write nothing: stderr is no terminal."""
