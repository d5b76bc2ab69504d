"""Answers a browser's requests from a WACZ: the capture of an address that is nearest to a moment."""

import gzip
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast
from zipfile import ZipFile

from crawler.archive.cdxj_index import MAX_LINE, IndexLine, parse_line
from crawler.archive.records import WarcReader, warc_moment
from crawler.archive.responses import read_responses
from crawler.archive.surt import surt_key

_INDEX = "indexes/index.cdx.gz"
# Fields of the transfer and not of the page; a browser that showed the page would have set its cookies.
_DROPPED = frozenset(
    {"connection", "content-encoding", "content-length", "keep-alive", "set-cookie", "transfer-encoding"}
    | {"strict-transport-security", "alt-svc", "link", "refresh", "trailer", "upgrade"}
)
_MAX_REVISITS = 3  # a revisit names a response; damaged archives may name revisits


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """One answer for the browser."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class ArchivedAnswers:
    """The captures of a WACZ, by address. Reading raises WarcFormatError and OSError where it is damaged."""

    def __init__(self, wacz: Path, moment: datetime) -> None:
        self._zip = ZipFile(wacz)
        self.moment = moment
        self._lines: dict[str, list[IndexLine]] = defaultdict(list)
        with self._zip.open(_INDEX) as packed, gzip.open(packed) as lines:
            while data := lines.readline(MAX_LINE):
                text = data.decode("ascii")
                line = parse_line(text, text.rpartition('"filename": "')[2].partition('"')[0])
                self._lines[line.key].append(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def answer(self, url: str) -> Shown | None:
        """Return the answer to a request; None where the archive does not hold one."""
        try:
            key = surt_key(url.partition("#")[0])
        except ValueError:
            return None
        lines = self._lines.get(key)
        if not lines:
            return None
        return self._read(min(lines, key=lambda line: self._distance(line.timestamp)), _MAX_REVISITS)

    def _distance(self, timestamp: str) -> float:
        moment = datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return abs((moment - self.moment.replace(microsecond=0)).total_seconds())

    def _read(self, line: IndexLine, depth: int) -> Shown | None:
        with self._zip.open(f"archive/{line.filename}") as stream:
            stream.seek(line.offset)
            source = cast("BinaryIO", stream)
            if line.is_revisit:
                record = next(iter(WarcReader(source, name=line.filename)))
                url = record.headers.get("warc-refers-to-target-uri", line.url)
                moment = warc_moment(record.headers.get("warc-refers-to-date", ""))
                return self._original(line, url, moment, depth - 1) if depth else None
            response = next(read_responses(source, name=line.filename), None)
        if response is None or response.problem:
            return None
        headers = [(name, value) for name, value in response.http_headers if name not in _DROPPED]
        return Shown(status=response.http_status, headers=headers, body=response.payload)

    def _original(self, line: IndexLine, url: str, moment: datetime | None, depth: int) -> Shown | None:
        stamp = f"{moment:%Y%m%d%H%M%S}" if moment else line.timestamp
        try:
            lines = self._lines.get(surt_key(url), [])
        except ValueError:
            return None
        found = (each for each in lines if each.timestamp == stamp and each.digest == line.digest)
        original = next((each for each in found if not each.is_revisit), None)
        return self._read(original, depth) if original else None
