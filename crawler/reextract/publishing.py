"""Publish a workbook: write the tables of the generation, the changes, and the manifest of the run."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Any

from crawler.archive.manifest import ManifestFile
from crawler.archive.names import MANIFEST_NAME, FileOwner, run_key, table_key
from crawler.errors import ArchiveError
from crawler.reextract.changes import Change, Tally, changes_of
from crawler.reextract.generation import Generation, ReadRecord
from crawler.reextract.workbook import Workbook
from crawler.run.sealing import Seal
from crawler.storage import Storage
from crawler.storage.durable import rename, temporary_name
from crawler.storage.outbox import Outbox, Patience

MAX_BYTES = 1 << 30  # of JSON in one table; a month with more gets several tables
_BATCH = 1_000  # changes in memory


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """The place and the run of a site's new articles."""

    storage: Storage
    spool: Path  # for this site alone; laid out as the archive
    generation: Generation
    site: str
    run_id: str
    seal: Seal
    attempts: int  # tries to deliver a file


def choose(workbook: Workbook) -> None:
    """Choose the articles of the generation: as in a crawl, one in each run for each address and each text.

    A page that had an article before has one again. A page without one before gets one only if the generation
    does not hold the article yet: a crawl stores no article of a page that it fetched again unchanged.
    """
    workbook.take((_name(b"id", each) for each in workbook.held()), unless=())
    for number, was_article, row in workbook.articles():
        name = _name(b"id", row["id"])
        owner = FileOwner.parse(row["warc_file"])
        run = (owner.suffix if owner else row["warc_file"]).encode()
        in_run = [_name(b"address", row["canonical_url"], run), _name(b"text", row["text_sha256"], run)]
        others = in_run if was_article else [*in_run, name]
        workbook.choose(number, kept=workbook.take([*in_run, name], unless=others))


def _name(kind: bytes, value: str, run: bytes = b"") -> bytes:
    return blake2b(b"\n".join((kind, run, value.encode())), digest_size=16).digest()


def publish(workbook: Workbook, to: Destination) -> Tally:
    """Deliver tables, changes, record and manifest, and read each back; return what changed.

    After an interruption, call it again: the same workbook gives the same bytes. Raises ArchiveError.
    """
    outbox = Outbox(to.spool, to.storage, Patience(attempts=to.attempts))
    tally = _compared(workbook, to)
    if MANIFEST_NAME not in to.storage.list_names(f"runs/{to.run_id}/"):
        if not (to.spool / run_key(to.run_id, MANIFEST_NAME)).exists():
            files = [*_tables(workbook, to, outbox), *_run_files(workbook, to, outbox, tally)]
            _seal(workbook, to, files)
        failed = outbox.deliver_all().failed
        if failed:
            raise ArchiveError(" ".join(failed.values()))
    return tally


def _tables(workbook: Workbook, to: Destination, outbox: Outbox) -> Iterator[ManifestFile]:
    from crawler.tables.table_file import write_table_file  # noqa: PLC0415 - loads pyarrow

    part = 0
    for month in workbook.months():
        for rows in _in_files(workbook.kept(month)):
            part += 1
            key = table_key(to.generation.folder, site=to.site, month=month, run_id=to.run_id, part=part)
            counted = _Counted(rows)
            write_table_file(to.spool / key, counted, site=to.site, run_id=to.run_id)
            yield ManifestFile.of(outbox.deliver(key), rows=counted.count)


class _Counted:
    def __init__(self, rows: Iterable[tuple[dict[str, Any], int]]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[tuple[dict[str, Any], int]]:
        for row in self._rows:
            self.count += 1
            yield row


def _in_files(rows: Iterator[tuple[dict[str, Any], int]]) -> Iterator[Iterator[tuple[dict[str, Any], int]]]:
    """Yield the rows of each file; read one file to its end before the next."""

    def of_one_file(first: tuple[dict[str, Any], int]) -> Iterator[tuple[dict[str, Any], int]]:
        held = 0
        for row, size in chain([first], rows):
            yield row, size
            held += size
            if held >= MAX_BYTES:
                return

    for first in rows:
        yield of_one_file(first)


def _run_files(workbook: Workbook, to: Destination, outbox: Outbox, tally: Tally) -> Iterator[ManifestFile]:
    """Write and deliver the files of the run's folder and the record of the WARC files that were read."""
    began = workbook.fact("began", datetime.now(UTC).isoformat())
    stats = {
        "run_id": to.run_id,
        "site": to.site,
        "kind": "reextraction",
        "generation": to.generation.name,
        "began": began,
        "warcs": len(workbook.warcs()),
        "no_article": workbook.reasons(),
        "problems": workbook.problems(),
        **tally.record(),
    }
    text = json.dumps(stats, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    record = ReadRecord(run_id=to.run_id, rules=workbook.fact("rules", ""), warcs=workbook.warcs())
    contents = {
        to.generation.record_key(to.run_id): record.to_bytes(),
        run_key(to.run_id, "stats.json"): text.encode(),
    }
    for key, content in contents.items():
        path = to.spool / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for key in (*contents, run_key(to.run_id, "changes.parquet")):
        yield ManifestFile.of(outbox.deliver(key))


def _seal(workbook: Workbook, to: Destination, files: list[ManifestFile]) -> None:
    began = datetime.fromisoformat(workbook.fact("began", ""))
    facts = to.seal.facts(to.run_id, to.site, began=began, ended=datetime.now(UTC))
    to.seal.put_on(to.spool, to.storage, facts, files)


def _compared(workbook: Workbook, to: Destination) -> Tally:
    """Count the changes, and write each into the run's `changes.parquet`."""
    import pyarrow as pa  # noqa: PLC0415 - takes time and memory to load
    import pyarrow.parquet as pq  # noqa: PLC0415

    tally = Tally(pages=workbook.count())
    texts = ("url", "warc_file", "warc_offset", "field", "kind", "before", "after")
    columns = [*texts, "layer_before", "layer_after"]
    schema = pa.schema([(name, pa.int64() if name == "warc_offset" else pa.string()) for name in columns])
    path = to.spool / run_key(to.run_id, "changes.parquet")
    path.parent.mkdir(parents=True, exist_ok=True)
    batch: list[Change] = []
    with pq.ParquetWriter(temporary_name(path), schema, compression="zstd") as writer:
        for outcome in workbook.outcomes():
            changes = list(changes_of(outcome))
            tally.articles += outcome.after is not None
            tally.same += not changes
            for change in changes:
                tally.add(change)
            batch += changes
            if len(batch) >= _BATCH:
                writer.write_table(pa.Table.from_pylist([each._asdict() for each in batch], schema=schema))
                batch.clear()
        writer.write_table(pa.Table.from_pylist([each._asdict() for each in batch], schema=schema))
    rename(temporary_name(path), path)
    return tally
