"""An archive read back with other people's readers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
from fastwarc.warc import ArchiveIterator, WarcRecordType
from warcio.archiveiterator import ArchiveIterator as WarcioIterator


@dataclass(frozen=True)
class Answer:
    """One response record."""

    url: str
    status: int | None
    body: bytes
    record_id: str
    offset: int


def warcs(archive: Path) -> list[Path]:
    return sorted(archive.glob("warc/**/*.warc.gz"))


def answers(warc: Path, *, revisits: bool = False) -> Iterator[Answer]:
    """Response records as fastwarc reads them, and revisits without their bodies; block digests must hold."""
    types = WarcRecordType.response | (WarcRecordType.revisit if revisits else 0)
    with warc.open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=types, parse_http=False):
            assert record.verify_block_digest(), record.headers
            record.parse_http()
            yield Answer(
                url=record.headers["WARC-Target-URI"],
                status=record.http_headers.status_code,
                body=record.reader.read(),
                record_id=record.headers["WARC-Record-ID"],
                offset=record.stream_pos,
            )


def record_types(warc: Path) -> list[str]:
    """The types of all records in order, as warcio reads them."""
    with warc.open("rb") as stream:
        return [record.rec_type for record in WarcioIterator(stream)]


def articles(archive: Path) -> list[dict[str, Any]]:
    """Every row of every Parquet file, the hive partition's columns checked on the way."""
    folder = archive / "articles"
    if not folder.is_dir():
        return []
    table = ds.dataset(folder, format="parquet", partitioning="hive").to_table()
    rows: list[dict[str, Any]] = table.to_pylist()
    for row in rows:
        month = row.pop("month")
        assert month == ((row["published"] or "")[:7] or "unknown")
        row["layers"] = dict(row["layers"] or ())
    return rows


def run_stats(archive: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(archive.glob("runs/*/stats.json"))]


def leftovers(archive: Path) -> list[Path]:
    """Files of the spool that were not delivered; the ledgers live there."""
    spool = archive / ".spool"
    kept = {spool / ".lock", *(spool / "ledger").glob("*.sqlite")}
    return [path for path in spool.rglob("*") if path.is_file() and path not in kept]
