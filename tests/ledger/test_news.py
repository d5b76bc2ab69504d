"""Articles that appear while a walk is interrupted, or that several lists name, are found."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.discovery.sitemap import Sitemap
from crawler.discovery.source import Lookup, Window
from crawler.ledger.entries import Taken
from crawler.ledger.ledger import OpenLedger
from crawler.ledger.walk import ListAnswer
from tests.ledger.crawling import PLAN, listing, older, run
from tests.ledger.making import DAY, NOON, begin, opened, original, pages

MAP = Sitemap("https://paper.example/sitemap.xml")
INDEX = Lookup(url=MAP.url, source=MAP)
HELD = original("the list as it was")


def nested(number: int, newest: datetime | None = None) -> Lookup:
    return Lookup(url=f"https://paper.example/map-{number}.xml", source=MAP, depth=1, newest=newest)


def read_index(run: OpenLedger) -> None:
    run.walk.add([INDEX])
    assert run.walk.next() == INDEX
    run.walk.add([nested(1), nested(2)])
    run.walk.done(INDEX.url, None, ())


def test_a_list_that_always_fails_does_not_hide_news_of_other_lists(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        for night in range(3):
            run = begin(ledger, f"night {night}", NOON + night * DAY)
            read_index(run)
            asked = []
            while (lookup := run.walk.next()) is not None:
                asked.append(lookup.url)
                if lookup.url == nested(2).url:
                    run.walk.failed(lookup.url)
                else:
                    run.walk.done(lookup.url, None, ())
            run.end(walked=True)
            assert sorted(asked) == [nested(1).url, nested(2).url]


def test_a_list_is_read_once_in_a_run_however_often_it_is_named(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        first = begin(ledger, "one")
        read_index(first)
        first.walk.done(first.walk.next().url, None, ())  # type: ignore[union-attr]
        again = begin(ledger, "two", NOON + DAY)
        read_index(again)
        asked = []
        while (lookup := again.walk.next()) is not None:
            asked.append(lookup.url)
            again.walk.done(lookup.url, None, ())
            assert again.walk.add([nested(1), nested(2)]) == []
        assert sorted(asked) == [nested(1).url, nested(2).url]


def test_lists_that_are_named_again_do_not_count_against_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.ledger.walk.MAX_LOOKUPS", 4)
    with opened(tmp_path / "l.sqlite") as ledger:
        for night in range(3):
            run = begin(ledger, f"night {night}", NOON + night * DAY)
            assert run.walk.add([INDEX, nested(1), nested(2)]) == []
        assert run.walk.add([nested(3), nested(4), nested(1)]) == [nested(4)]


def test_a_walk_of_several_runs_counts_from_its_first(tmp_path: Path) -> None:
    """A list that was read in the first run may have grown before the last."""
    with opened(tmp_path / "l.sqlite") as ledger:
        read_index(begin(ledger, "one"))
        last = begin(ledger, "two", NOON + DAY)
        while (lookup := last.walk.next()) is not None:
            last.walk.done(lookup.url, None, ())
        last.end(walked=True)
        walk = begin(ledger, "three", NOON + 2 * DAY).walk
        assert (walk.completed, walk.ended) == (NOON, NOON)


def test_what_was_found_since_the_last_complete_walk_is_young(tmp_path: Path) -> None:
    later = datetime.now(UTC) + timedelta(minutes=1)
    with opened(tmp_path / "l.sqlite") as ledger:
        first = begin(ledger, "one")
        first.take_in(pages(1), NOON)
        first.end(walked=True)
        cut_short = begin(ledger, "two", later, window=Window(since=NOON))
        cut_short.take_in(pages(2), later)
        run = begin(ledger, "three", later + DAY)
        assert run.take_in(pages(1, 2, 3), later + DAY) == Taken(found=3, new=1, wanted=3, young=2)


def test_news_that_a_feed_named_first_lead_to_the_older_pages_of_a_section(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    section = Lookup(url=f"{PLAN.url}/section", source=PLAN)
    assert run(path, {PLAN.url: listing(section), section.url: listing(range(3))}).fetched == [0, 1, 2]
    answers = {
        PLAN.url: listing(range(10, 13), section),
        section.url: listing(range(10, 13), older(2)),
        older(2).url: listing(range(13, 16), older(3)),
        older(3).url: listing(range(3), older(4)),
    }
    again = run(path, answers, name="again")
    assert sorted(again.fetched) == list(range(10, 16))
    assert older(4).url not in again.asked


def test_news_in_an_interrupted_walk_lead_through_pages_that_it_had_read(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    answers = {
        PLAN.url: listing(range(10, 13), older(2)),
        older(2).url: listing(range(13, 16), older(3)),
        older(3).url: listing(range(16, 19), older(4)),  # page 4 fails
    }
    assert sorted(run(path, answers).fetched) == list(range(10, 19))
    answers = {
        PLAN.url: listing(range(3), older(2)),
        older(2).url: listing(range(3, 6), older(3)),
        older(3).url: listing(range(10, 13), older(4)),
        older(4).url: listing(range(13, 16), older(5)),
        older(5).url: listing(range(16, 19)),
    }
    again = run(path, answers, name="again")
    assert sorted(again.fetched) == list(range(6))


def test_a_list_with_unread_pages_is_fetched_unconditionally(tmp_path: Path) -> None:
    """Else an answer that it is as it was would end the walk of another span before those pages."""
    path = tmp_path / "l.sqlite"
    answer = ListAnswer(etag='"1"', last_modified=None, payload_digest=HELD.digest, fetched_at=NOON)
    answers = {
        PLAN.url: listing(range(3), older(2)),
        older(2).url: listing(range(3, 6)),
    }
    remembered = []
    for name in ("one", "two"):
        run(path, answers, name=name, remember=answer)
        with opened(path) as ledger:
            ledger_run = begin(ledger, f"{name} looked at", sources=(PLAN,))
            remembered.append([ledger_run.walk.known(url) is not None for url in answers])
    assert remembered == [[False, True], [True, True]]
