"""scrapy wacz: a part of the archive as one file that ReplayWeb.page opens."""

import argparse
import sys
from pathlib import Path
from typing import TextIO

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler import __version__
from crawler.archive.cdxj_index import without_index
from crawler.errors import ArchiveError, UsageError
from crawler.options.archive import storage_of
from crawler.options.arguments import parse_arguments
from crawler.options.command import PlainCommand
from crawler.run.summary import readable_bytes
from crawler.storage import Storage
from crawler.storage.durable import new_file
from crawler.wacz import Addresses, Selection, Written, write_wacz

_NAMED = 3  # of a list that is told as examples


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] --output FILE [--site S] [--run ID] [--since D] [--until D] [--urls FILE]"

    def short_desc(self) -> str:
        return "Make a WACZ file, which ReplayWeb.page opens, of a part of the archive"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--output", "-o", metavar="FILE", help="the file to write; it must not be there")
        parser.add_argument("--site", help="only captures of this site, by its name in the archive")
        parser.add_argument("--run", dest="run_id", help="only captures of this run (a folder of runs/)")
        parser.add_argument("--since", help="only captures from this day or moment on (days in UTC)")
        parser.add_argument("--until", help="only captures up to this day (with it) or moment")
        parser.add_argument(
            "--urls", metavar="FILE", help="only these addresses, one a line, in any spelling (-: stdin)"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        address = self.archive_named(args)
        if not opts.output:
            raise ScrapyUsageError("Name the file to write, like: --output barada.wacz")
        selection = _selection(opts)
        storage = storage_of(self.settings, address)
        target = Path(opts.output)
        written = _write(target, storage, selection)
        size = readable_bytes(target.stat().st_size)
        sys.stdout.write(
            f"{target}: {written.captures:,} captures out of {written.warcs:,} WARC files, "
            f"{written.pages:,} pages, {size}\n"
        )
        return self._doubts(written, storage, selection)

    def _doubts(self, written: Written, storage: Storage, selection: Selection) -> int:
        """What is not in the file and may be missed; the exit code."""
        if written.absent:
            self.complain(
                f"The archive does not hold {len(written.absent):,} of the addresses: {_some(written.absent)}"
            )
        unread = [key for key in without_index(storage, selection.scope) if selection.admits_file(key)]
        if unread:
            self.complain(
                f"{len(unread):,} WARC files have no index in the archive, "
                f"so nothing of them is in the file: {_some(unread)}"
            )
        return 1 if written.absent or unread else 0


def _selection(opts: argparse.Namespace) -> Selection:
    window = parse_arguments({"since": opts.since, "until": opts.until}, zone=None).window
    addresses = _addresses(opts.urls) if opts.urls else None
    return Selection(
        site=opts.site, run_id=opts.run_id, since=window.since, until=window.until, addresses=addresses
    )


def _addresses(name: str) -> Addresses:
    if name == "-":
        return _read(sys.stdin, "stdin")
    try:
        with Path(name).open(encoding="utf-8") as stream:
            return _read(stream, name)
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}.") from error


def _read(stream: TextIO, name: str) -> Addresses:
    try:
        return Addresses.read(stream, name=name)
    except UnicodeDecodeError:
        raise UsageError(f"{name} is no text in UTF-8.") from None


def _write(target: Path, storage: Storage, selection: Selection) -> Written:
    """Under another name until it is whole; nothing is overwritten, nothing half is left."""
    if target.exists():
        raise ArchiveError(f"{target} is there already; name another file, or move it away.")
    try:
        with new_file(target) as (sink, _):
            return write_wacz(sink, storage, selection, software=f"Warraq {__version__}")
    except FileExistsError:
        raise ArchiveError(f"{target} has come to be there meanwhile; nothing was overwritten.") from None
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written: {error.strerror or error}.") from error


def _some(names: list[str]) -> str:
    rest = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + rest
