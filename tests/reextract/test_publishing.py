"""Which articles a generation holds, and in what order."""

from pathlib import Path
from typing import Any

import pytest

from crawler.errors import ArchiveError
from crawler.items import Article, Rejection
from crawler.reextract.changes import changes_of
from crawler.reextract.publishing import choose
from crawler.reextract.workbook import Workbook
from crawler.run.journal import line_of
from tests.articles import MakeArticle

RUNS = [
    f"warc/warraq_example/2026/03/WARRAQ-warraq_example-20260301120000-00000-{n:06x}.warc.gz" for n in (1, 2)
]


def kept(book: Workbook) -> list[tuple[str, str]]:
    choose(book)
    return [(row["url"], row["text"]) for month in book.months() for row, _ in book.kept(month)]


def add(book: Workbook, made: Article, *, was_one: bool = False) -> None:
    assert made.warc_file is not None
    assert made.warc_offset is not None
    if was_one:
        book.remember([made.record()])
    book.keep(made.warc_file, made.warc_offset, made.url, made)


def place(run: int, offset: int, url: str, text: str) -> dict[str, Any]:
    return {
        "warc_file": RUNS[run], "warc_offset": offset, "url": url, "canonical_url": url,
        "text": text, "text_sha256": f"{hash(text) % 2**256:064x}", "id": f"{url} {text}",
    }  # fmt: skip


def test_one_a_run_for_each_address_and_text_and_new_pages_only_where_they_say_something_new(
    tmp_path: Path, article: MakeArticle
) -> None:
    with Workbook(tmp_path / "work.sqlite") as book:
        book.hold([place(0, 1, "/known", "text of long ago")])
        add(book, article(**place(0, 10, "/a", "one")))  # was a duplicate of the next in its run, as before
        add(book, article(**place(0, 20, "/a", "two")), was_one=True)
        add(book, article(**place(0, 30, "/b", "two")))  # the same text at another address
        add(book, article(**place(1, 10, "/a", "two")))  # fetched again, unchanged: had no row
        add(book, article(**place(1, 20, "/c", "three")), was_one=True)
        add(book, article(**place(1, 30, "/known", "text of long ago")))
        add(book, article(**place(1, 40, "/d", "four")))  # an article that old rules had not found
        assert sorted(kept(book)) == [("/a", "two"), ("/c", "three"), ("/d", "four")]
        assert book.reasons() == {"duplicate": 4}


def test_a_changed_article_keeps_both_its_versions(tmp_path: Path, article: MakeArticle) -> None:
    with Workbook(tmp_path / "work.sqlite") as book:
        add(book, article(**place(0, 10, "/a", "one")), was_one=True)
        add(book, article(**place(1, 10, "/a", "two")), was_one=True)
        add(book, article(**place(1, 20, "/b", "one")), was_one=True)
        assert sorted(kept(book)) == [("/a", "one"), ("/a", "two"), ("/b", "one")]


def test_an_article_that_is_none_any_more_is_a_change_with_its_reason(
    tmp_path: Path, article: MakeArticle
) -> None:
    made = article(**place(0, 10, "/a", "one"))
    with Workbook(tmp_path / "work.sqlite") as book:
        book.remember([made.record()])
        book.plan([(RUNS[0], 1)])
        assert book.unmet() == 1
        book.keep(RUNS[0], 10, "/a", Rejection(reason="list"))
        assert book.unmet() == 0
        [outcome] = book.outcomes()
        [change] = changes_of(outcome)
    assert (change.field, change.kind, change.before, change.after) == ("article", "lost", made.title, "list")


def test_what_was_not_committed_when_a_step_failed_is_not_there(tmp_path: Path, article: MakeArticle) -> None:
    path = tmp_path / "work.sqlite"
    with pytest.raises(ArchiveError), Workbook(path) as book:  # noqa: PT012 - the last line raises
        book.fact("committed", "yes")
        book.commit()
        book.fact("broken off", "yes")
        book.keep(RUNS[0], 1, "/", article(word_count=2**80))
    with Workbook(path) as book:
        assert book.has_fact("committed")
        assert not book.has_fact("broken off")


def test_long_values_are_shown_from_where_they_differ(tmp_path: Path, article: MakeArticle) -> None:
    first = article(**place(0, 10, "/a", "س" * 1000 + "قديم"))
    second = article(**place(0, 10, "/a", "س" * 1000 + "جديد"))
    assert line_of(first) != line_of(second)
    with Workbook(tmp_path / "work.sqlite") as book:
        book.remember([first.record()])
        book.keep(RUNS[0], 10, "/a", second)
        choose(book)
        [outcome] = book.outcomes()
    [change] = changes_of(outcome)
    assert change.field == "text"
    assert change.before is not None
    assert change.after is not None
    assert change.before.endswith("قديم")
    assert change.after.endswith("جديد")
    assert len(change.before) < 400


def test_a_version_names_the_one_before_it_by_the_id_that_it_has_now(
    tmp_path: Path, article: MakeArticle
) -> None:
    first, second = place(0, 10, "/a", "one"), place(1, 10, "/a", "two")
    again = place(1, 90, "/a", "three")
    with Workbook(tmp_path / "work.sqlite") as book:
        book.remember([article(**first).record()])
        book.remember([article(**second, previous_id=first["id"]).record()])
        book.remember([article(**again, previous_id=second["id"]).record()])
        book.hold([first | {"id": "of the first, now"}])
        for given, now in ((second, "of the second, now"), (again, "of the third, now")):
            book.keep(RUNS[1], given["warc_offset"], "/a", article(**given | {"id": now, "url": "/" + now}))
        # two versions in one run can only be of two addresses
        for number, _, _ in list(book.articles()):
            book.choose(number, kept=True)
        rows = [row for month in book.months() for row, _ in book.kept(month)]
    assert [(row["id"], row["previous_id"]) for row in rows] == [
        ("of the second, now", "of the first, now"),
        ("of the third, now", "of the second, now"),
    ]
