"""Archives that mix tables of an old and the newest schema, whichever file comes first."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crawler.compact.run import compact
from crawler.errors import ArchiveError
from crawler.export.asked import Asked
from crawler.export.export import export
from crawler.export.writers import write_jsonl
from crawler.report.overview import overview
from crawler.run.journal import rows as journal_rows
from crawler.run.sealing import Seal
from crawler.storage import Storage, open_storage
from crawler.tables import table_file
from crawler.tables.columns import COLUMNS
from crawler.tables.reader import read_table, tables
from crawler.verify import Options, verify
from crawler.wacz import Selection, write_wacz
from tests.articles import MakeArticle
from tests.verify import building
from tests.verify.building import SITE, run_id

# The columns of the first schema. Never add one here: a later column may be null.
FIRST_COLUMNS = (
    "id", "url", "canonical_url", "site", "outlet", "country", "language", "title", "subtitle",
    "authors", "agency", "dateline", "published", "published_source", "published_precision",
    "modified", "section", "tags", "text", "images", "links", "word_count", "text_sha256",
    "fetched_at", "http_status", "warc_file", "warc_offset", "warc_length", "warc_record_id",
    "payload_digest", "run_id", "extractor", "rules_digest", "layers",
)  # fmt: skip
OLD = pa.schema([table_file.ARTICLES.field(name) for name in FIRST_COLUMNS])
SEAL = Seal(signer=None, authorities=(), operator=None, settings_sha256="0" * 64)
NOW = datetime(2027, 3, 1, tzinfo=UTC)
PREVIOUS = "f" * 32  # a value in a column that the old table lacks


def test_columns_that_came_later_may_be_null() -> None:
    later = [name for name in COLUMNS if name not in FIRST_COLUMNS]
    assert later
    assert [name for name in later if COLUMNS[name].required] == []


@pytest.fixture(params=[(True, False), (False, True)], ids=["old first", "new first"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """Two runs with an article each in one closed month; one of them wrote the first schema."""
    made = building.article

    def dated(*given: Any) -> Any:
        published = datetime(2026, 11, 2, tzinfo=UTC)
        return replace(made(*given), published=published, previous_id=PREVIOUS)

    for number, old in enumerate(request.param):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(building, "article", dated)
            if old:
                patch.setattr(table_file, "STORED", OLD)
            run = building.add_run(tmp_path / "archive", tmp_path / "spool", number, 1)
        names = pq.read_schema(tmp_path / "archive" / run.table).names
        assert ("previous_id" in names) is not old
        assert ("site" in names) is old
    yield open_storage(str(tmp_path / "archive"))
    assert verify(str(tmp_path / "archive"), Options()).faults == []


def check(rows: list[dict[str, Any]]) -> None:
    assert [list(row) for row in rows] == [list(COLUMNS)] * 2
    assert {row["previous_id"] for row in rows} == {None, PREVIOUS}
    assert sorted(row["title"] for row in rows) == [f"الحكاية {n} كما قرأها {run_id(n)}" for n in (0, 1)]


def all_rows(storage: Storage) -> list[dict[str, Any]]:
    return [row for entry in tables(storage) for row in read_table(storage, entry)]


def test_reading_and_compacting(storage: Storage, tmp_path: Path) -> None:
    check(all_rows(storage))
    done = compact(storage, tmp_path / "spool", SITE, seal=SEAL, attempts=1, now=NOW)
    assert (done.merged, done.removed, done.stays) == (2, 2, {})
    assert len(list(tables(storage))) == 1
    check(all_rows(storage))


def test_export(storage: Storage, tmp_path: Path) -> None:
    export(storage, Asked(), tmp_path / "all.jsonl", write_jsonl, software="a test")
    check([json.loads(line) for line in (tmp_path / "all.jsonl").read_text("utf-8").splitlines()])


def test_report_and_wacz(storage: Storage) -> None:
    [site] = overview(storage, []).sites
    assert (site.articles, site.rows) == (2, 2)
    written = write_wacz(io.BytesIO(), storage, Selection(), software="a test")
    assert written.pages == 2


def test_compact_refuses_a_column_that_it_would_lose(storage: Storage, tmp_path: Path) -> None:
    entry = next(iter(tables(storage)))
    path = tmp_path / "archive" / entry.key
    before = path.read_bytes()
    table = pq.read_table(path, partitioning=None)
    pq.write_table(table.append_column("mood", pa.array(["bright"])), path)
    with pytest.raises(ArchiveError, match="has the column mood"):
        compact(
            storage, tmp_path / "spool", SITE, seal=SEAL, attempts=1, now=datetime(2027, 3, 1, tzinfo=UTC)
        )
    path.write_bytes(before)


def test_a_journal_of_an_older_version(tmp_path: Path, article: MakeArticle) -> None:
    record = {name: value for name, value in article().record().items() if name in FIRST_COLUMNS}
    path = tmp_path / "000001.jsonl"
    path.write_text(json.dumps(record) + "\n")
    [row] = journal_rows(path)
    assert row.record == record | dict.fromkeys(COLUMNS.keys() - set(FIRST_COLUMNS))


def test_a_table_without_a_first_column_is_none(storage: Storage, tmp_path: Path) -> None:
    entry = next(iter(tables(storage)))
    path = tmp_path / "archive" / entry.key
    before = path.read_bytes()
    pq.write_table(pq.read_table(path, partitioning=None).drop_columns(["url"]), path)
    with pytest.raises(ArchiveError, match=r"no whole table of articles \(it has no column url\)"):
        list(read_table(storage, replace(entry, size=path.stat().st_size)))
    path.write_bytes(before)
