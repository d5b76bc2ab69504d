"""Make a WACZ file on disk, and name what is missing in it."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from crawler import __version__
from crawler.archive.cdxj_index import without_index
from crawler.errors import ArchiveError, UsageError
from crawler.storage import Storage
from crawler.storage.durable import new_file
from crawler.tables.withheld import withheld
from crawler.wacz.selection import Addresses, Selection
from crawler.wacz.writer import Written, write_wacz

_EXAMPLES = 3  # names of a long list that a sentence shows
STDIN = "-"


def read_addresses(name: str) -> Addresses:
    """Read addresses, one a line, from a file or from stdin. Raises UsageError."""
    if name == STDIN:
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
        raise UsageError(f"{name} is not text in UTF-8.") from None


def make_wacz(target: Path, storage: Storage, selection: Selection) -> Written:
    """Write a new file, which gets its name when it is complete. Raises ArchiveError."""
    if target.exists():
        raise ArchiveError(f"{target} exists already; name another file, or move it away.")
    try:
        with new_file(target) as (sink, _):
            shown = replace(selection, withheld=withheld(storage))
            return write_wacz(sink, storage, shown, software=f"Warraq {__version__}")
    except FileExistsError:
        raise ArchiveError(f"{target} has appeared meanwhile; nothing was overwritten.") from None
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written: {error.strerror or error}.") from error


def missing_parts(written: Written, storage: Storage, selection: Selection) -> Iterator[str]:
    """Yield a sentence for each kind of selected capture that is not in the file."""
    if written.absent:
        yield f"The archive does not hold {len(written.absent):,} of the addresses: {_some(written.absent)}"
    unread = [key for key in without_index(storage, selection.scope) if selection.admits_file(key)]
    if unread:
        yield (
            f"{len(unread):,} WARC files have no index in the archive, "
            f"so nothing of them is in the file: {_some(unread)}"
        )


def _some(names: list[str]) -> str:
    rest = f" and {len(names) - _EXAMPLES:,} more" if len(names) > _EXAMPLES else ""
    return ", ".join(names[:_EXAMPLES]) + rest
