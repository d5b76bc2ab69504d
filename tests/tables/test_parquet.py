"""Journals become Parquet that every reader takes."""

import pickle
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from crawler.errors import ArchiveError
from crawler.items import Article
from crawler.run.journal import Journal
from crawler.run.parquet import write_parquet
from crawler.tables import table_file
from crawler.tables.columns import SCHEMA_VERSION
from crawler.tables.table_file import STORED
from tests.articles import MakeArticle

SITE = "warraq_example"
RUN = f"20261121225500-{SITE}-9f3a1c"
NAME = f"WARRAQ-{SITE}-20261121225500-9f3a1c-00001.parquet"
BAGHDAD = timezone(timedelta(hours=3))


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., list[Path]]:
    def write(*articles: Article) -> list[Path]:
        with Journal(tmp_path / "journal") as journal:
            for each in articles:
                journal.append(each)
        return write_parquet(tmp_path / "journal" / "000001.jsonl", tmp_path, site=SITE, run_id=RUN, part=1)

    return write


def test_what_went_in_comes_out(written: Callable[..., list[Path]], article: MakeArticle) -> None:
    full = article(
        subtitle="عنوان فرعي",
        authors=["الجاحظ", "ابن النديم"],
        published=datetime(2026, 11, 1, 0, 30, 0, 120000, tzinfo=BAGHDAD),
        warc_offset=2**40,
        layers={"title": "json-ld", "text": "body"},
    )
    bare = article(published=datetime(2026, 11, 2, tzinfo=BAGHDAD), title="\U0001f4d6 \u200f\x00")

    (path,) = written(full, bare)

    table = pq.read_table(path, partitioning=None)
    rows = table.to_pylist(maps_as_pydicts="strict")
    assert [row | {"site": SITE} for row in rows] == [full.record(), bare.record()]
    assert table.schema.equals(STORED)
    assert table.to_pylist()[0]["layers"] == [("title", "json-ld"), ("text", "body")]


def test_the_month_is_the_outlets(
    written: Callable[..., list[Path]], tmp_path: Path, article: MakeArticle
) -> None:
    paths = written(
        article(published=datetime(2026, 11, 1, 0, 30, tzinfo=BAGHDAD)),  # still October in UTC
        article(published=datetime(2026, 10, 31, 23, 30, tzinfo=BAGHDAD)),
        article(),
        article(published=datetime(1999, 1, 1, tzinfo=BAGHDAD)),
        article(published=datetime(2026, 11, 30, 23, 30, tzinfo=BAGHDAD)),
    )

    rows = {path.relative_to(tmp_path).as_posix(): pq.ParquetFile(path).metadata.num_rows for path in paths}
    assert rows == {
        f"articles/site={SITE}/month=1999-01/{NAME}": 1,
        f"articles/site={SITE}/month=2026-10/{NAME}": 1,
        f"articles/site={SITE}/month=2026-11/{NAME}": 2,
        f"articles/site={SITE}/month=unknown/{NAME}": 1,
    }
    assert sorted(tmp_path.rglob("*.parquet*")) == sorted(paths), "nothing unfinished is left"


def test_a_folder_of_them_is_one_table(
    written: Callable[..., list[Path]], tmp_path: Path, article: MakeArticle
) -> None:
    written(article(published=datetime(2026, 11, 1, tzinfo=BAGHDAD)), article())
    folder = tmp_path / "articles"

    hive = ds.dataset(folder, partitioning="hive").to_table()

    assert hive.schema.field("site").type == pa.string()
    assert sorted(hive.column("month").to_pylist()) == ["2026-11", "unknown"]
    assert set(hive.column("site").to_pylist()) == {SITE}
    plain = pq.read_table(folder)
    assert set(plain.column("site").to_pylist()) == {SITE}
    assert plain.num_rows == pq.read_table(folder, partitioning=None).num_rows == 2


def test_a_file_says_what_it_is(written: Callable[..., list[Path]], article: MakeArticle) -> None:
    (path,) = written(article())

    file = pq.ParquetFile(path)
    metadata = {name: value for name, value in file.metadata.metadata.items() if name.startswith(b"warraq.")}

    assert metadata.pop(b"warraq.software").startswith(b"warraq")
    assert metadata == {
        b"warraq.schema_version": str(SCHEMA_VERSION).encode(),
        b"warraq.site": SITE.encode(),
        b"warraq.run_id": RUN.encode(),
    }
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_row_groups_are_bounded(
    written: Callable[..., list[Path]], article: MakeArticle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_file, "ROW_GROUP", 5000)

    (path,) = written(*(article(word_count=number) for number in range(20)))

    file = pq.ParquetFile(path)
    assert file.num_row_groups > 1
    assert file.read(["word_count"]).column(0).to_pylist() == list(range(20))


def test_the_same_journal_gives_the_same_bytes(
    written: Callable[..., list[Path]], tmp_path: Path, article: MakeArticle
) -> None:
    """So that a run that was killed after delivery can deliver again."""
    (path,) = written(article(), article(title="ثانٍ"))
    before = path.read_bytes()

    (again,) = write_parquet(tmp_path / "journal" / "000001.jsonl", tmp_path, site=SITE, run_id=RUN, part=1)

    assert again == path
    assert again.read_bytes() == before


def test_a_torn_journal_gives_what_is_whole(tmp_path: Path, article: MakeArticle) -> None:
    journal = Journal(tmp_path)
    journal.append(article())
    path = tmp_path / "000001.jsonl.open"
    with path.open("ab") as stream:
        stream.write(b'{"id":"half')
    journal.close()

    (made,) = write_parquet(tmp_path / "000001.jsonl", tmp_path, site=SITE, run_id=RUN, part=1)

    assert pq.ParquetFile(made).metadata.num_rows == 1


def test_an_empty_journal_gives_no_file(tmp_path: Path) -> None:
    (tmp_path / "000001.jsonl").touch()

    assert write_parquet(tmp_path / "000001.jsonl", tmp_path, site=SITE, run_id=RUN, part=1) == []
    assert not (tmp_path / "articles").exists()


def test_another_sites_article_stops_it(
    written: Callable[..., list[Path]], tmp_path: Path, article: MakeArticle
) -> None:
    with pytest.raises(ArchiveError, match="line 2: the article is of another"):
        written(article(), article(site="another"))

    assert not (tmp_path / "articles").exists()


def test_a_disk_that_fails_leaves_nothing(
    written: Callable[..., list[Path]], tmp_path: Path, article: MakeArticle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", fail)
    with pytest.raises(ArchiveError, match="No space left"):
        written(article())

    assert not list(tmp_path.rglob("*.parquet*"))


@pytest.mark.parametrize(
    ("site", "run_id"),
    [(SITE, "yesterday"), (SITE, "../20261121225500-x-1"), ("../x", RUN), ("a/b", RUN), ("", RUN)],
)
def test_names_that_are_none(tmp_path: Path, site: str, run_id: str) -> None:
    with pytest.raises(ArchiveError, match="names no"):
        write_parquet(tmp_path / "none.jsonl", tmp_path, site=site, run_id=run_id, part=1)


def test_a_missing_journal_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"none.jsonl cannot be read"):
        write_parquet(tmp_path / "none.jsonl", tmp_path, site=SITE, run_id=RUN, part=1)


def test_it_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(write_parquet)) is write_parquet  # noqa: S301 - our own bytes
