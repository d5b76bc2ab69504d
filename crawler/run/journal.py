"""The journal: articles of a running crawl as JSON Lines, safe from a kill at any moment.

Half a surrogate pair (from a broken escape in a page's JSON) cannot be encoded in UTF-8. The journal writes
U+FFFD for it, as decoders do, so that Parquet and its readers get valid text. `text_sha256` is still the hash
of the text before that.
"""

import json
import logging
import os
import re
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from crawler.errors import ArchiveError
from crawler.items import Article
from crawler.storage.durable import OPEN_SUFFIX, make_folder, rename
from crawler.tables.columns import completed, fault

_log = logging.getLogger(__name__)

_NAME = re.compile(r"(\d{6,})\.jsonl(\.open)?")
_MAX_LINE = 64 << 20  # bytes; a page is much smaller
_ESCAPED_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


class Row(NamedTuple):
    """One line of a journal."""

    number: int  # from 1
    offset: int  # bytes from the start of the file
    size: int  # bytes, with the newline
    record: dict[str, Any]  # as Article.record() gives it, checked against the schema


class Journal:
    """Appends articles to `<folder>/<n>.jsonl.open`. A full file loses the `.open`, and the next one begins.

    To be used in one thread. The kernel gets each article at once, so it survives a kill of the process; a
    file is forced to the disk when it is closed.
    """

    def __init__(self, folder: Path, *, max_bytes: int = 32 << 20, max_articles: int = 100_000) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._max_articles = max_articles
        self._stream: FileIO | None = None
        self._path = folder
        self._number = (
            0  # of the current or last file; never used twice, as the names of the Parquet files contain it
        )
        self._bytes = self._articles = 0

    def append(self, article: Article) -> Path | None:
        """Append an article. Return the path of the file if it is full now; it is closed then.

        Raises ArchiveError where a value does not fit its column (nothing is written), or the disk fails.
        """
        line = line_of(article)
        try:
            stream = self._stream or self._open_next()
            _write_whole(stream, line, self._bytes)
        except OSError as error:
            raise ArchiveError(f"The journal {self._path} cannot be written: {error.strerror}.") from error
        self._bytes += len(line)
        self._articles += 1
        if self._bytes >= self._max_bytes or self._articles >= self._max_articles:
            return self.close()
        return None

    def sync(self) -> None:
        """Force the appended articles to the disk. Raises ArchiveError."""
        if self._stream is None:
            return
        try:
            os.fsync(self._stream.fileno())
        except OSError as error:
            raise ArchiveError(f"The journal {self._path} cannot be written: {error.strerror}.") from error

    def close(self) -> Path | None:
        """Force the current file to the disk and return its final name, or None where no file is open."""
        if self._stream is None:
            return None
        closed = self._path.with_name(self._path.name.removesuffix(OPEN_SUFFIX))
        try:
            with self._stream as stream:
                os.fsync(stream.fileno())
            rename(self._path, closed)
        except OSError as error:
            raise ArchiveError(f"The journal {self._path} cannot be closed: {error.strerror}.") from error
        finally:
            self._stream = None
        return closed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open_next(self) -> FileIO:
        make_folder(self._folder)
        taken = (_NAME.fullmatch(path.name) for path in self._folder.iterdir())
        self._number = 1 + max([self._number, *(int(match[1]) for match in taken if match)])
        self._path = self._folder / f"{self._number:06}.jsonl{OPEN_SUFFIX}"
        self._bytes = self._articles = 0
        self._stream = self._path.open("xb", buffering=0)
        return self._stream


def line_of(article: Article) -> bytes:
    """Encode an article as one line of JSON in UTF-8. Raises ArchiveError where it fits no row."""
    record = article.record()
    if wrong := fault(record):
        raise ArchiveError(f"The article {article.url} cannot be kept: {wrong}.")
    line = _line(record)
    if len(line) > _MAX_LINE:
        raise ArchiveError(f"The article {article.url} cannot be kept: it has {len(line)} bytes.")
    return line


def leftovers(folder: Path) -> list[Path]:
    """List the journals in a folder that are not converted to Parquet yet, oldest first, open ones included.

    To be called before a crawl opens its own journal.
    """
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: int(path.name.partition(".")[0]))


def rows(journal: Path) -> Iterator[Row]:
    """Yield the articles of a journal in order, one in memory at a time.

    A torn last line, as a kill leaves it, is logged and skipped: its page is in the WARC file. Raises
    ArchiveError, naming the line, for another line that is no article, or a file that cannot be read.
    """
    try:
        with journal.open("rb") as stream:
            offset = number = 0
            while line := stream.readline(_MAX_LINE):
                number += 1
                if (record := _record(journal, number, line)) is not None:
                    yield Row(number, offset, len(line), record)
                offset += len(line)
    except OSError as error:
        raise ArchiveError(f"The journal {journal} cannot be read: {error.strerror}.") from error


def _record(journal: Path, number: int, line: bytes) -> dict[str, Any] | None:
    """Parse a line; return None for a torn one. A line that lacks only its newline is whole."""
    try:
        record: dict[str, Any] = completed(json.loads(line))
    except (ValueError, RecursionError) as error:
        if line.endswith(b"\n") or len(line) == _MAX_LINE:
            raise ArchiveError(f"{journal}, line {number}: it is no JSON ({error}).") from error
        _log.warning("%s ends in a torn line of %d bytes: the crawl was killed.", journal, len(line))
        return None
    wrong = fault(record) or ("it holds half a surrogate pair" if _holds_half_pair(line, record) else None)
    if wrong:
        raise ArchiveError(f"{journal}, line {number}: {wrong}.")
    return record


def _line(record: dict[str, Any]) -> bytes:
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:  # UTF-16 joins two halves that form a pair; a single half becomes U+FFFD
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode() + b"\n"


def _write_whole(stream: FileIO, line: bytes, end: int) -> None:
    """Append at `end`. If the disk takes only a part, remove that: a shorter line may fit later."""
    left = memoryview(line)
    try:
        while left:
            left = left[stream.write(left) :]
    except OSError:
        stream.truncate(end)
        stream.seek(end)
        raise


def _holds_half_pair(line: bytes, record: object) -> bool:
    if not _ESCAPED_HALF.search(line):
        return False
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
