"""Archives in which two machines stored the same versions of articles: named, and mended."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from crawler.storage import open_storage
from crawler.storage.base import Entry
from crawler.tables.reader import read_table
from crawler.verify import Fault, Options, verify
from tests.crawl.running import scrapy
from tests.verify import building
from tests.verify.building import FIRST_RUN, SITE, Archive

PAGES = 3


@pytest.fixture(params=[datetime.now(UTC), datetime(2026, 3, 5, tzinfo=UTC), None])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    """Two machines stored the same three pages; a third run found an edit and new pages.

    All are published in the month that is open now, in a month of long ago, or at no known time.
    """
    made = building.article

    def as_two_machines(number: int, *given: Any) -> Any:
        run, page = divmod(number, PAGES)
        article = made(page, *given)
        more: dict[str, Any] = {
            "title": f"الحكاية {page}",
            "published": request.param,
            "fetched_at": FIRST_RUN + timedelta(hours=run),
        }
        if run == 2 and page == 0:  # an edit
            more |= {"title": "عنوان آخر", "previous_id": article.id}
        elif run == 2:
            article = made(number, *given)  # another page
        return replace(article, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "article", as_two_machines)
        yield building.build(tmp_path / "archive", tmp_path / "spool", runs=3, pages=PAGES)


def faults(archive: Archive) -> list[Fault]:
    return verify(str(archive.root), Options()).faults


def rows(archive: Archive) -> list[dict[str, Any]]:
    storage = open_storage(str(archive.root))
    paths = sorted(archive.root.glob("articles/**/*.parquet"))
    entries = [Entry(path.relative_to(archive.root).as_posix(), path.stat().st_size) for path in paths]
    return [row for entry in entries for row in read_table(storage, entry)]


def test_doubled_versions_are_named_and_mended(archive: Archive) -> None:
    found = faults(archive)
    assert [fault.code.value for fault in found] == ["doubled-version"] * PAGES
    second = archive.runs[1].run_id.rpartition("-")[2]
    assert all(second in fault.file for fault in found)
    assert "stores again what articles/site=" in found[0].meaning
    assert len(rows(archive)) == 9

    result = scrapy("compact", "--mend", settings={"ARCHIVE": str(archive.root)})

    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(f"{SITE}: 3 tables of 1 months merged, 3 removed, 3 doubled rows")
    kept = rows(archive)
    assert len(kept) == 6
    assert {row["run_id"] for row in kept} == {archive.runs[0].run_id, archive.runs[2].run_id}
    assert faults(archive) == []
    again = scrapy("compact", "--mend", settings={"ARCHIVE": str(archive.root)})
    assert again.stdout == f"{SITE}: 0 tables of 0 months merged, 0 removed, 0 doubled rows left out\n"


def test_a_mended_table_that_lacks_another_row_proves_nothing(archive: Archive) -> None:
    scrapy("compact", "--mend", settings={"ARCHIVE": str(archive.root)})
    [table] = archive.root.glob("articles/**/*.parquet")
    whole = pq.read_table(table, partitioning=None)
    pq.write_table(whole.slice(1), table)
    assert "broken-succession" in {fault.code.value for fault in faults(archive)}
