"""Scrapy's command `reextract`: read all articles again from the archive's WARC files."""

import argparse

from crawler.options.command import PlainCommand


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] [--site S] [--generation NAME] [--lanes N]"

    def short_desc(self) -> str:
        return "Read all articles again from the archive's WARC files, into a generation beside the old one"

    def long_desc(self) -> str:
        return (
            "Writes articles-<generation>/ beside articles/, in the same layout, with a manifest of its own, "
            "and says what changed. If it is interrupted, the same command continues; if it is complete, it "
            "reads what the archive got since. docs/reextraction.md says more."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--site", metavar="S", help="only this site, by its name in the archive")
        add("--generation", metavar="NAME", help="name of the generation (default: rules-… after the rules)")
        add("--lanes", metavar="N", help="number of processes that read (default: EXTRACTION_LANES)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from crawler.lanes import cores
        from crawler.options.archive import spool_of, storage_of
        from crawler.options.checks import check_numbers
        from crawler.options.options import SealOptions
        from crawler.reextract.archive import checked_lanes, reextract_archive
        from crawler.run.sealing import Seal
        from crawler.spider.loader import described_sites
        from pipelines.validate import WORDS_AT_LEAST

        check_numbers(self.settings)
        storage = storage_of(self.settings, self.archive_named(args))
        is_whole = reextract_archive(
            storage,
            spool=spool_of(self.settings, storage),
            sites={site.name: site for site in described_sites(self.settings)},
            wanted=opts.site,
            generation=opts.generation,
            lanes=checked_lanes(opts.lanes) or self.settings.getint("EXTRACTION_LANES") or cores(),
            seconds=self.settings.getfloat("EXTRACTION_TIMEOUT"),
            min_words=WORDS_AT_LEAST,
            seal=Seal.of(SealOptions.of(self.settings)),
            attempts=self.settings.getint("DELIVERY_ATTEMPTS"),
            on_problem=self.complain,
        )
        return 0 if is_whole else 1
