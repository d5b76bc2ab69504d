"""What is found, and how it is counted."""

import os
import signal
from datetime import date
from typing import Any

import pytest

from crawler.search import preparing
from crawler.search.query import Query
from crawler.search.results import Results
from tests.search.archives import Library, story, titles


def found(library: Library, words: str = "", **more: Any) -> Results:
    return library.open().search(Query(words=words, **more))


FOUND: list[tuple[str, dict[str, Any], set[str]]] = [
    ("مياه", {}, {"قطع المياه", "إصلاح الشبكة", "بلا تاريخ"}),
    ("المياه", {}, {"قطع المياه", "إصلاح الشبكة", "بلا تاريخ"}),
    ('"المياه"', {}, {"قطع المياه"}),
    ("المياه", {"variants": False}, {"قطع المياه"}),
    ("القاهرة", {}, {"معرض الكتاب", "موسم الأمطار"}),
    ("القاهرة -معرض", {}, {"موسم الأمطار"}),
    ('"معرض الكتاب"', {}, {"معرض الكتاب"}),
    ('"الكتاب معرض"', {}, set()),
    ("معرض الكتاب القاهره", {}, {"معرض الكتاب"}),
    ("-مياه", {}, {"العام الدراسي", "معرض الكتاب", "موسم الأمطار"}),
    ("مياه", {"sites": ("nile_example",)}, {"بلا تاريخ"}),
    ("", {"countries": ("EG",)}, {"معرض الكتاب", "موسم الأمطار", "بلا تاريخ"}),
    ("", {"sections": ("محليّات",)}, {"قطع المياه", "إصلاح الشبكة"}),
    ("", {"sections": ("محليات", "ثقافه")}, {"قطع المياه", "إصلاح الشبكة", "معرض الكتاب"}),
    ("", {"authors": ("على الموسوى",)}, {"العام الدراسي"}),
    ("", {"months": ("2026-01",)}, {"قطع المياه", "إصلاح الشبكة"}),
    ("", {"since": date(2026, 3, 1)}, {"العام الدراسي"}),  # the outlet's day, not that of UTC
    ("", {"until": date(2026, 1, 5)}, {"قطع المياه"}),
    ("", {"since": date(2026, 2, 10), "until": date(2026, 2, 10)}, {"معرض الكتاب"}),
    ("", {"undated": True}, {"بلا تاريخ"}),
    ("", {"undated": True, "sort": "newest"}, {"بلا تاريخ"}),
    ("", {"languages": ("en",)}, set()),
]  # fmt: skip


def test_words_and_filters(stocked: Library) -> None:
    index = stocked.open()
    for words, more, wanted in FOUND:
        results = index.search(Query(words=words, **more))
        assert set(titles(results.hits)) == wanted, (words, more)
        assert results.total == len(wanted), (words, more)


def test_a_hit_says_what_a_reader_needs(stocked: Library) -> None:
    [hit] = found(stocked, "الوزارة قطع").hits
    assert (hit.site, hit.url, hit.title) == (
        "warraq_example", "https://warraq.example/1", "قطع المياه",
    )  # fmt: skip
    assert (hit.published, hit.precision) == ("2026-01-05T10:00:00+03:00", "minute")
    assert [piece.text for piece in hit.snippet if piece.marked][-1] == "قطع"
    assert [piece.text for piece in hit.title_pieces if piece.marked] == ["قطع"]
    assert "".join(piece.text for piece in hit.snippet).startswith("أعلنت وزارة")
    assert hit.score is not None
    assert hit.score > 0


def test_orders(stocked: Library) -> None:
    newest = titles(found(stocked, sort="newest").hits)
    assert newest == ["العام الدراسي", "موسم الأمطار", "معرض الكتاب", "إصلاح الشبكة", "قطع المياه"]
    oldest = found(stocked, sort="oldest", limit=2, offset=1)
    assert titles(oldest.hits) == ["إصلاح الشبكة", "معرض الكتاب"]
    assert (oldest.total, oldest.undated) == (5, 1), "no order without a date: it is counted apart"
    assert titles(found(stocked, "مياه").hits)[0] == "قطع المياه", "the title has the word, too"
    assert found(stocked, "مياه", limit=0).hits == ()


def test_counts_of_all_that_is_found(stocked: Library) -> None:
    results = found(stocked, "مياه", limit=1)
    assert results.total == 3
    facets = {name: {each.value: each.articles for each in counts} for name, counts in results.facets.items()}
    assert facets["site"] == {"warraq_example": 2, "nile_example": 1}
    assert facets["country"] == {"SY": 2, "EG": 1}
    assert facets["section"] == {"محليات": 1, "محليّات": 1}
    assert facets["author"] == {"ريم الشامي": 1}
    assert facets["month"] == {"2026-01": 2}
    assert facets["language"] == {"ar": 3}
    assert results.undated == 1
    assert [tuple(each) for each in results.timeline] == [("2026-01-05", 1), ("2026-01-20", 1)]


def test_a_facet_counts_what_its_other_values_would_find(stocked: Library) -> None:
    results = found(stocked, "مياه", sites=("nile_example",), months=("2026-01",))
    assert results.total == 0
    assert dict(results.facets["site"]) == {"warraq_example": 2}
    assert dict(results.facets["month"]) == {}
    assert results.undated == 1, "without a date, but of the site that was chosen"


def test_a_long_time_is_shown_by_month(library: Library) -> None:
    days = ("2025-01-05", "2025-03-05", "2025-05-05", "2025-07-05", "2025-07-06")
    library.add(*(story(n, f"خبر {n}", published=f"{day}T10:00:00+03:00") for n, day in enumerate(days)))
    timeline = [tuple(each) for each in found(library).timeline]
    assert timeline == [("2025-01", 1), ("2025-03", 1), ("2025-05", 1), ("2025-07", 2)]


def test_a_word_is_said_to_be_widened(stocked: Library) -> None:
    results = found(stocked, 'مياه "القاهرة" سسسس -وزارة')
    assert list(results.widened) == ["مياه", "سسسس"]
    assert {each.text for each in results.widened["مياه"]} >= {"المياه", "مياه"}
    assert results.widened["سسسس"] == ()


def test_only_the_newest_version_is_found(stocked: Library) -> None:
    index = stocked.open()
    stocked.add(
        story(1, "أعلنت الوزارة عودة الكهرباء.", title="عودة الكهرباء",
              published="2026-01-05T10:00:00+03:00", fetched_at="2026-11-09T10:00:00+00:00")
    )  # fmt: skip
    update = index.refresh()
    assert (update.tables, update.articles) == (1, 1)
    assert titles(index.search(Query(words="الكهرباء")).hits) == ["عودة الكهرباء"]
    assert index.search(Query(words="المياه")).total == 2
    assert index.search(Query()).total == 6
    assert [each.title for each in index.catalogue.versions("https://warraq.example/1")] == [
        "قطع المياه", "عودة الكهرباء",
    ]  # fmt: skip


def test_a_version_that_comes_late_is_no_hit(stocked: Library) -> None:
    stocked.open()
    stocked.add(story(2, "نص أقدم عن البنزين.", fetched_at="2026-10-01T10:00:00+00:00"))
    index = stocked.open()
    assert index.update.articles == 0
    assert index.search(Query(words="البنزين")).total == 0
    assert len(index.catalogue.versions("https://warraq.example/2")) == 2


def test_nothing_new_is_not_read_again(stocked: Library) -> None:
    assert stocked.open().update.tables == 4
    update = stocked.open().update
    assert (update.tables, update.articles, update.removed, update.problems) == (0, 0, 0, [])


def test_an_empty_archive_finds_nothing(library: Library) -> None:
    results = found(library, "مياه")
    assert (results.total, results.hits, results.timeline, results.undated) == (0, (), (), 0)


@pytest.mark.parametrize("size", [1, 400])
def test_words_without_end_and_odd_letters_are_taken_in(library: Library, size: int) -> None:
    long = "ط" * (1_000 * size)
    library.add(story(1, f"{long} ﷺ \u202e مياه\u0000 ﻣﻴﺎﻩ https://x.example/{'a' * 300}"))
    index = library.open()
    assert index.search(Query(words="مياه")).total == 1
    assert index.search(Query(words="ط" * 900)).total == 0


def test_words_with_the_same_folded_letters_stay_apart(library: Library) -> None:
    library.add(story(1, "قواعد كتابة الخبر.", title="الكتابة"), story(2, "نشر كتابه الأول.", title="المؤلف"))
    index = library.open()
    for words, wanted in (
        ("كتابة", {"الكتابة"}),
        ("كتاب", {"المؤلف"}),
        ('"كتابة الخبر"', {"الكتابة"}),
        ('"كتابه الخبر"', {"الكتابة"}),  # the letters alone count here
        ("-كتاب", {"الكتابة"}),
    ):
        assert set(titles(index.search(Query(words=words)).hits)) == wanted, words


def test_many_articles_are_prepared_by_several_processes(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "_INLINE", 10)
    monkeypatch.setattr(preparing, "_TOGETHER", 3)
    count = 60
    library.add(*(story(n, f"الخبر رقم {n} عن مياه النهر. " * 20, title=f"خبر {n}") for n in range(count)))
    index = library.open()
    assert index.update.articles == count
    assert index.search(Query(words="مياه")).total == count
    for number in (0, 9, 10, 11, count - 1):
        [hit] = index.search(Query(words=f'"خبر {number}"')).hits
        assert hit.title == f"خبر {number}", "each article keeps its own words"
        assert "".join(piece.text for piece in hit.snippet).startswith(f"الخبر رقم {number} عن مياه النهر.")


def test_a_process_that_is_killed_loses_nothing(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "_INLINE", 2)
    monkeypatch.setattr(preparing, "_TOGETHER", 1)
    monkeypatch.setattr(preparing, "_prepare", die)
    library.add(*(story(n, f"الخبر رقم {n} عن مياه النهر.") for n in range(20)))
    assert library.open().search(Query(words="مياه")).total == 20


def die(_: Any) -> Any:
    """End this process as the kernel does when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)
