"""The catalogue: versions, takedowns, outlets, days."""

import json
from pathlib import Path

import pytest

from crawler.errors import ArchiveError
from crawler.search.index import open_index
from crawler.search.query import Query
from crawler.storage import open_storage
from tests.search.archives import Library, story
from tests.verify import building


def test_an_article_is_read_from_its_table(stocked: Library) -> None:
    catalogue = stocked.open().catalogue
    [version] = catalogue.versions("https://warraq.example/3")
    row = catalogue.article(version.id)
    assert row is not None
    assert (row["id"], row["title"], row["section"]) == (version.id, "العام الدراسي", ["تعليم"])
    assert row["text"] == "قالت الوزارة إن العام الدراسي يبدأ في موعده."
    assert (version.section, version.authors, version.words) == (("تعليم",), ("علي الموسوي",), 8)
    assert (version.published, version.precision) == ("2026-03-01T00:30:00+03:00", "minute")
    assert (stocked.root / version.table).exists()
    assert version.newest


@pytest.mark.parametrize("given", ["f" * 32, "no id", "", "../../etc/passwd", "ء" * 32])
def test_an_unknown_id_or_address_gives_nothing(stocked: Library, given: str) -> None:
    catalogue = stocked.open().catalogue
    assert catalogue.article(given) is None
    assert catalogue.version(given) is None
    assert catalogue.versions(given) == []


def test_an_article_in_a_damaged_table_is_an_error_that_names_it(stocked: Library) -> None:
    catalogue = stocked.open().catalogue
    [version] = catalogue.versions("https://warraq.example/3")
    path = stocked.root / version.table
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ArchiveError, match=path.name):
        catalogue.article(version.id)


def test_the_history_of_a_version_is_that_of_its_article(library: Library) -> None:
    for day, (url, text) in enumerate((("a", "أول."), ("b", "غيره."), ("a", "ثان.")), 1):
        address = f"https://warraq.example/{url}"
        library.add(
            story(
                1,
                text,
                url=f"{address}?page",
                canonical_url=address,
                fetched_at=f"2026-11-0{day}T08:00:00+00:00",
            )
        )
    catalogue = library.open().catalogue
    [first, second] = catalogue.versions("https://warraq.example/a")
    for version in (first, second):
        assert [each.version_id for each in catalogue.history(version.version_id)] == [
            first.version_id, second.version_id,
        ]  # fmt: skip
    assert catalogue.history("f" * 32) == []
    assert catalogue.takedown(first.version_id) is None


def test_versions_come_oldest_first_by_any_spelling_of_their_address(library: Library) -> None:
    url = "https://warraq.example/%D8%AE%D8%A8%D8%B1"
    texts = ("أول.", "ثان.", "ثالث.")
    for day, text in enumerate(texts, 1):
        library.add(story(1, text, url=url, title=text, fetched_at=f"2026-11-0{day}T08:00:00+00:00"))
    catalogue = library.open().catalogue
    for spelling in (
        url,
        "http://warraq.example/خبر/?utm_source=x",
        "https://warraq.example/%d8%ae%d8%a8%d8%b1",
    ):
        found = catalogue.versions(spelling)
        assert [(each.title, each.newest) for each in found] == [
            ("أول.", False), ("ثان.", False), ("ثالث.", True),
        ]  # fmt: skip


def test_outlets_days_and_totals(stocked: Library) -> None:
    stocked.add(story(2, "نص جديد.", published="2026-01-21T10:00:00+03:00", country="SY",
                      fetched_at="2026-11-09T10:00:00+00:00", outlet="ورّاق الجديد"))  # fmt: skip
    catalogue = stocked.open().catalogue
    nile, warraq = catalogue.outlets()
    assert (nile.site, nile.outlet, nile.country, nile.articles, nile.undated) == (
        "nile_example", "النيل", "EG", 3, 1,
    )  # fmt: skip
    assert (warraq.outlet, warraq.articles, warraq.versions) == ("ورّاق الجديد", 3, 4)
    assert (warraq.first_day, warraq.last_day, warraq.languages) == ("2026-01-05", "2026-03-01", ("ar",))
    assert catalogue.days("warraq_example") == {"2026-01-05": 1, "2026-01-21": 1, "2026-03-01": 1}
    totals = catalogue.totals()
    assert (totals.articles, totals.versions, totals.outlets, totals.days, totals.undated) == (6, 7, 2, 5, 1)
    assert totals.table_bytes == sum(path.stat().st_size for path in stocked.root.rglob("*.parquet"))


def test_newest_stories(stocked: Library) -> None:
    catalogue = stocked.open().catalogue
    assert [each.title for each in catalogue.newest(2)] == ["العام الدراسي", "موسم الأمطار"]
    assert [each.title for each in catalogue.newest(9, site="warraq_example", offset=1)] == [
        "إصلاح الشبكة", "قطع المياه",
    ]  # fmt: skip


def test_runs_and_takedowns(tmp_path: Path) -> None:
    root, spool = tmp_path / "archive", tmp_path / "spool"
    archive = building.build(root, spool, runs=2, pages=2)
    lines = [
        ("http://www.gone.example/x", "http-404", "2026-11-22T09:00:00+00:00"),
        ("https://warraq.example/0", "http-410", "2026-11-22T09:00:00+00:00"),
        ("https://warraq.example/3", "http-404", "2026-01-01T09:00:00+00:00"),  # fetched again since
    ]
    records = [
        json.dumps({"url": url, "reason": reason, "seen": seen, "run_id": "x"}) for url, reason, seen in lines
    ]
    broken = ["{", "[]", '{"url": 1, "seen": 2, "reason": 3}', '{"url": "x", "seen": "", "reason": ""}']
    (root / f"runs/{archive.runs[0].run_id}/gone.jsonl").write_text("\n".join(broken + records) + "\n")
    (root / f"runs/{archive.runs[1].run_id}/gone.jsonl").write_text(records[1].replace("-22T", "-23T") + "\n")
    (root / "runs/20261130000000-warraq_example-abcdef").mkdir()  # a run that goes on
    storage = open_storage(str(root))
    index = open_index(storage, cache=tmp_path / "cache")
    gone = {each.url: each for each in index.catalogue.gone()}
    taken = gone["https://warraq.example/0"]
    assert (taken.reason, taken.first_gone) == ("http-410", "2026-11-22T09:00:00+00:00")
    assert taken.run_id == archive.runs[0].run_id
    assert taken.last is not None
    assert taken.last.title.startswith("الحكاية 0")
    assert taken.returned is None
    assert gone["http://www.gone.example/x"].last is None
    assert gone["https://warraq.example/3"].returned is not None
    assert len(index.catalogue.gone(site="nile_example")) == 0
    totals = index.catalogue.totals()
    assert (totals.gone, totals.runs, totals.last_run) == (2, 2, archive.runs[1].run_id)
    assert totals.warc_bytes == sum(path.stat().st_size for path in root.rglob("*.warc.gz"))
    assert index.catalogue.outlets()[0].last_run == archive.runs[1].run_id


def test_an_edited_headline_is_a_version_and_a_part_replaces_nothing(library: Library) -> None:
    given = {"url": "https://warraq.example/1", "published": "2026-01-05T10:00:00+03:00"}
    library.add(story(1, "نص كامل طويل.", title="عنوان", fetched_at="2026-11-01T08:00:00+00:00", **given))
    library.add(story(1, "نص كامل طويل.", title="عنوان آخر", changed=["title"],
                      fetched_at="2026-11-02T08:00:00+00:00", **given))  # fmt: skip
    library.add(story(1, "نص.", title="عنوان آخر", partial="paywall",
                      fetched_at="2026-11-03T08:00:00+00:00", **given))  # fmt: skip
    index = library.open()
    first, second, part = index.catalogue.versions(given["url"])
    assert first.id == second.id
    assert first.version_id != second.version_id
    assert (second.changed, part.partial) == (("title",), "paywall")
    assert [each.newest for each in (first, second, part)] == [False, True, False]
    [hit] = index.search(Query()).hits
    assert (hit.title, hit.version_id) == ("عنوان آخر", second.version_id)
    row = index.catalogue.article(first.version_id)
    assert row is not None
    assert row["title"] == "عنوان"
    assert index.catalogue.version(first.id) == second
    library.add(story(1, "نص كامل أطول.", title="عنوان", fetched_at="2026-11-04T08:00:00+00:00", **given))
    index.refresh()
    assert [each.newest for each in index.catalogue.versions(given["url"])] == [False, False, False, True]
