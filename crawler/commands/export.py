"""Scrapy's command `export`: write a selection of the articles into one file."""

import argparse
import sys

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.options.command import PlainCommand

WAYS = ("longest", "earliest", "exact")  # crawler.export.distinct has the rules
FORMATS = ("csv", "jsonl", "parquet", "text")  # crawler.export.writers has the functions


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] --output FILE [--format F] [--site S]… [--since D] [--until D] [--words W]…"

    def short_desc(self) -> str:
        return "Write a selection of the articles into one file: Parquet, JSON Lines, CSV or text"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add(
            "--output", "-o", metavar="FILE",
            help="the file to write, or its folder; no file is replaced; - is stdout, without a manifest",
        )  # fmt: skip
        add(
            "--format",
            choices=FORMATS,
            help="format (default: by the ending of the file; JSON Lines on stdout)",
        )
        add("--site", metavar="S", action="append", default=[], help="only this site; may be repeated")
        add(
            "--since",
            metavar="D",
            help="published on this day in the outlet's time zone, at this moment, or later",
        )
        add("--until", metavar="D", help="published on this day or before, or before this moment")
        add("--section", metavar="X", help="in this section, by the outlet's own name for it")
        add(
            "--words", metavar="W", action="append", default=[],
            help="with this word or phrase in any form (و, ال, pronouns) and spelling, or in quotation marks "
            "as it stands; may be repeated: one of them is enough",
        )  # fmt: skip
        add(
            "--inside",
            action="store_true",
            help="find the letters of --words anywhere, also inside longer words",
        )
        add(
            "--latest-only",
            action="store_true",
            help="of each address only the version that was fetched last",
        )
        add(
            "--generation",
            metavar="NAME",
            help="read the generation that scrapy reextract made under this name",
        )
        add(
            "--distinct", choices=WAYS,
            help="of each story that scrapy stories found keep the longest or the earliest article; or of "
            "each text (exact) the earliest; what is left out is listed beside the file",
        )  # fmt: skip
        add(
            "--prefer", metavar="S", action="append", default=[],
            help="with --distinct, keep the article of this site where it has one; may be repeated, in order",
        )  # fmt: skip
        add("--bom", action="store_true", help="begin a CSV file with a mark by which Excel recognises UTF-8")

        add(
            "--card", action="store_true",
            help="write a dataset card (README.md) and a CITATION.cff beside the file",
        )  # fmt: skip

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if not opts.output:
            raise ScrapyUsageError("Name the file to write, like: --output damascus.parquet")
        from crawler import __version__
        from crawler.archive.names import ARTICLES_FOLDER
        from crawler.errors import UsageError
        from crawler.export.asked import Asked
        from crawler.export.export import (
            card_paths,
            export,
            export_to_stream,
            left_out_path,
            manifest_path,
        )
        from crawler.export.target import target_of
        from crawler.options.archive import storage_of
        from crawler.reextract.generation import Generation
        from crawler.run.summary import readable_bytes

        storage = storage_of(self.settings, self.archive_named(args))
        target = target_of(opts.output, opts.format, bom=opts.bom)
        if opts.card and target.path is None:
            raise UsageError("--card writes files beside the output; name a file instead of stdout.")
        asked = Asked(
            folder=Generation(opts.generation).folder if opts.generation else ARTICLES_FOLDER,
            sites=tuple(dict.fromkeys(opts.site)),
            since=opts.since,
            until=opts.until,
            section=opts.section,
            words=tuple(opts.words),
            whole_words=not opts.inside,
            latest_only=opts.latest_only,
            distinct=opts.distinct,
            prefer=tuple(dict.fromkeys(opts.prefer)),
        )
        if target.path is None:
            done = export_to_stream(storage, asked, sys.stdout.buffer, target.write)
            stream, name = sys.stderr, "stdout"
        else:
            software = f"Warraq {__version__}"
            done = export(storage, asked, target.path, target.write, software=software, with_card=opts.card)
            stream, name = sys.stdout, str(target.path)
        stream.write(
            f"{name}: {done.rows:,} articles out of {done.tables:,} tables, {readable_bytes(done.size)}\n"
        )
        if target.path is not None:
            stream.write(f"{manifest_path(target.path)} names the selection and its sources.\n")
        if target.path is not None and opts.distinct:
            stream.write(f"{left_out_path(target.path)} lists what was left out.\n")
        if target.path is not None and opts.card:
            described, cited = card_paths(target.path)
            stream.write(f"Fill in what stands in <angle brackets> in {described} and {cited}.\n")
        return 0
