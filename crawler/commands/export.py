"""scrapy export: a selection of the articles as one file, with a manifest of what was asked and used."""

import argparse
import sys
from pathlib import Path

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler import __version__
from crawler.archive.names import ARTICLES_FOLDER
from crawler.errors import UsageError
from crawler.export.asked import Asked
from crawler.export.export import export, manifest_path
from crawler.export.writers import ENDINGS, FORMATS, write_csv_with_bom
from crawler.options.archive import storage_of
from crawler.options.command import PlainCommand
from crawler.reextract.generation import Generation
from crawler.run.summary import readable_bytes


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] --output FILE [--format F] [--site S]… [--since D] [--until D] [--words W]…"

    def short_desc(self) -> str:
        return "Write a selection of the articles into one file: Parquet, JSON Lines, CSV or text"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add(
            "--output",
            "-o",
            metavar="FILE",
            help="the file to write, or a folder for it; nothing is replaced",
        )
        add("--format", choices=sorted(FORMATS), help="of the file (else told by its ending)")
        add("--site", metavar="S", action="append", default=[], help="of this site; may be given again")
        add("--since", metavar="D", help="published on this day of the outlet's, or moment, or later")
        add("--until", metavar="D", help="published on this day (with it), or before this moment")
        add("--section", metavar="X", help="in this section, as the outlet calls it")
        add(
            "--words", metavar="W", action="append", default=[],
            help="with this word or phrase, however it is spelled; given again: one of them is enough",
        )  # fmt: skip
        add("--inside", action="store_true", help="find --words inside longer words as well")
        add("--latest-only", action="store_true", help="of each address only what was fetched last")
        add("--generation", metavar="NAME", help="of what scrapy reextract made under this name")
        add("--bom", action="store_true", help="a mark before CSV by which Excel knows its letters")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        address = self.archive_named(args)
        if not opts.output:
            raise ScrapyUsageError("Name the file to write, like: --output damascus.parquet")
        target, form = _target(opts)
        asked = Asked(
            folder=Generation(opts.generation).folder if opts.generation else ARTICLES_FOLDER,
            sites=tuple(dict.fromkeys(opts.site)),
            since=opts.since,
            until=opts.until,
            section=opts.section,
            words=tuple(opts.words),
            whole_words=not opts.inside,
            latest_only=opts.latest_only,
        )
        write = write_csv_with_bom if opts.bom else FORMATS[form]
        storage = storage_of(self.settings, address)
        done = export(storage, asked, target, write, software=f"Warraq {__version__}")
        sys.stdout.write(
            f"{target}: {done.rows:,} articles out of {done.tables:,} tables, {readable_bytes(done.size)}\n"
            f"{manifest_path(target)} says what was asked and used.\n"
        )
        return 0


def _target(opts: argparse.Namespace) -> tuple[Path, str]:
    """The file to write, and its format."""
    target = Path(opts.output)
    if opts.output.endswith("/") or target.is_dir():
        form = opts.format or "parquet"
        target /= f"articles{next(ending for ending, name in ENDINGS.items() if name == form)}"
    else:
        form = opts.format or ENDINGS.get(target.suffix.lower(), "")
    if not form:
        raise UsageError(
            f"The ending of {opts.output} tells no format; add --format, or {' '.join(ENDINGS)}."
        )
    if opts.bom and form != "csv":
        raise UsageError(f"--bom is for CSV; {target.name} will be {form}.")
    if not target.parent.is_dir():
        raise UsageError(f"There is no folder {target.parent} to write {target.name} into.")
    return target, form
