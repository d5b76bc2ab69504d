"""Walks through lists: continued after a run was cut short, conditional where everything is known."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from crawler.discovery.feed import Feed
from crawler.discovery.listing import Listing
from crawler.discovery.sitemap import Sitemap
from crawler.discovery.source import Lookup, Window
from crawler.discovery.wordpress import WordPress
from crawler.ledger.ledger import OpenLedger
from crawler.ledger.walk import MAX_LOOKUPS, MAX_WALKS, ListAnswer
from tests.ledger.making import DAY, NOON, begin, look_into, opened, original

FEED = Feed("https://paper.example/feed/")
MAP = Sitemap("https://paper.example/sitemap.xml")
MONTH = Window(since=NOON - 30 * DAY)
HELD = original("the list as it was")
ANSWER = ListAnswer(etag='"1"', last_modified="yesterday", payload_digest=HELD.digest, fetched_at=NOON)


def root(source: Feed | Sitemap | WordPress | Listing) -> Lookup:
    return Lookup(url=source.url, source=source)


def nested(number: int, **facts: object) -> Lookup:
    url = f"https://paper.example/map-{number}.xml"
    return replace(Lookup(url=url, source=MAP, depth=1, trail=frozenset({MAP.url})), **facts)  # type: ignore[arg-type]


def all_of(run: OpenLedger) -> list[str]:
    """Every list that the walk has now, each read to its end."""
    urls = []
    while (lookup := run.walk.next()) is not None:
        urls.append(lookup.url)
        run.walk.done(lookup.url, None, ())
    return urls


def complete(run: OpenLedger, children: tuple[Lookup, ...] = ()) -> None:
    """A walk of one list that is remembered."""
    run.walk.add([root(MAP)])
    assert run.walk.next() == root(MAP)
    run.settle([], [HELD])
    run.walk.done(MAP.url, ANSWER, children)
    run.end(walked=True)


def test_lists_come_by_rank_and_each_once(tmp_path: Path) -> None:
    listing, posts = Listing("https://paper.example/news/"), WordPress("https://paper.example/")
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        assert run.walk.add([root(listing), root(posts), root(MAP), root(FEED), root(FEED)]) == []
        assert run.walk.left() == 4
        assert all_of(run) == [FEED.url, MAP.url, posts.url, listing.url]
        assert run.walk.left() == 0


def test_what_is_new_is_asked_for_before_what_is_old(tmp_path: Path) -> None:
    """Sections that come after an index of three thousand sitemaps need not wait for them."""
    listing = Listing("https://paper.example/news/")
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        run.walk.add([nested(1), root(listing), root(MAP)])
        assert all_of(run) == [MAP.url, listing.url, nested(1).url]


def test_a_lookup_comes_back_as_it_was(tmp_path: Path) -> None:
    lookup = nested(1, page=7, trail=frozenset({"https://paper.example/خبر"}), newest=NOON)
    with opened(tmp_path / "l.sqlite") as ledger:
        begin(ledger, "one").walk.add([lookup])
        assert begin(ledger, "two").walk.next() == lookup


def test_a_walk_that_was_cut_short_continues(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger:
        run = begin(ledger, "one")
        run.walk.add([root(MAP)])
        run.walk.next()
        run.walk.add([nested(1), nested(2), nested(3)])
        run.walk.done(MAP.url, ANSWER, ())
        run.walk.done(run.walk.next().url, None, ())  # type: ignore[union-attr]
        run.walk.next()  # open when the process died
    with opened(path) as ledger:
        run = begin(ledger, "two", NOON + DAY)
        run.walk.add([root(MAP)])  # roots may hold new things
        assert all_of(run) == [MAP.url, nested(2).url, nested(3).url]


def test_a_walk_continues_after_walks_of_other_spans(tmp_path: Path) -> None:
    """A long walk back in time goes on although every night's run asks for something else."""
    with opened(tmp_path / "l.sqlite") as ledger:
        long = begin(ledger, "long", window=MONTH)
        long.walk.add([nested(1), nested(2)])
        long.walk.done(long.walk.next().url, None, ())  # type: ignore[union-attr]
        for night in range(3):
            run = begin(ledger, f"night {night}", window=Window(since=NOON + night * DAY))
            run.walk.add([root(FEED)])
            assert run.walk.left() == 1
        assert all_of(begin(ledger, "long again", window=MONTH)) == [nested(2).url]


def test_the_oldest_unfinished_walks_are_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger:
        for night in range(MAX_WALKS + 3):
            begin(ledger, f"night {night}", window=Window(since=NOON + night * DAY)).walk.add([root(FEED)])
    assert look_into(path, "SELECT count(DISTINCT span) FROM lookups") == [(MAX_WALKS,)]
    assert look_into(path, "SELECT count(*) FROM walking") == [(MAX_WALKS,)]


def test_failed_lists_are_fetched_again_by_the_next_run_only(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        run.walk.add([nested(1)])
        run.walk.next()
        run.walk.failed(nested(1).url)
        assert (run.walk.next(), run.walk.left()) == (None, 1)
        run.end(walked=True)
        again = begin(ledger, "two")
        assert (again.walk.completed, again.walk.next()) == (None, nested(1))


@pytest.mark.parametrize(
    ("read_for", "asked_for", "conditional"),
    [
        (Window(), Window(), True),
        (Window(), MONTH, True),
        (MONTH, Window(since=NOON), True),
        (MONTH, MONTH, True),
        (MONTH, Window(), False),  # what lay outside was not taken in
        (MONTH, Window(since=NOON - 31 * DAY), False),
        (Window(until=NOON), Window(until=NOON), True),
        (Window(until=NOON), Window(), False),
        (Window(until=NOON), MONTH, False),
    ],
)
def test_a_list_is_known_only_where_the_span_holds(
    tmp_path: Path, read_for: Window, asked_for: Window, *, conditional: bool
) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        complete(begin(ledger, "one", window=read_for))
        run = begin(ledger, "two", NOON + DAY, window=asked_for)
        known = run.walk.known(MAP.url)
        assert (known is not None) is conditional
        assert run.walk.completed == (NOON if conditional else None)
        if known is not None:
            assert (known.etag, known.last_modified, known.original) == ('"1"', "yesterday", HELD)


def test_an_unchanged_index_still_leads_to_its_lists(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        complete(begin(ledger, "one"), (nested(1), nested(2)))
        known = begin(ledger, "two").walk.known(MAP.url)
    assert known is not None
    assert [(each.url, each.depth) for each in known.children] == [(nested(n).url, 1) for n in (1, 2)]


def test_a_walk_is_complete_only_where_every_list_was_read(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        run.walk.add([root(FEED), root(MAP)])
        run.walk.done(run.walk.next().url, None, ())  # type: ignore[union-attr]
        run.end(walked=True)
        assert begin(ledger, "two").walk.completed is None
        run = begin(ledger, "three", NOON + DAY)
        assert all_of(run) == [MAP.url]
        run.end(walked=False)  # pages of the last list were not drawn
        assert begin(ledger, "four").walk.completed is None
        begin(ledger, "five", NOON + 2 * DAY).end(walked=True)
        assert begin(ledger, "six").walk.completed == NOON  # what was read in its first run may have grown


def test_a_site_that_invents_lists_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_LOOKUPS == 50_000
    monkeypatch.setattr("crawler.ledger.walk.MAX_LOOKUPS", 10)
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        lookups = [nested(number) for number in range(15)]
        assert run.walk.add(lookups) == lookups[10:]
        run = begin(ledger, "two", NOON)
        assert run.walk.add([nested(99)]) == [nested(99)]


def test_a_root_is_fetched_with_the_current_source_of_the_site(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        begin(ledger, "one").walk.add([root(Feed(FEED.url, pages=3))])
        run = begin(ledger, "two")
        run.walk.add([root(FEED), root(Feed(FEED.url, pages=9))])  # the first of a run stays
        assert run.walk.next() == root(FEED)
        assert run.walk.next() is None


def test_a_list_of_a_removed_source_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger:
        run = begin(ledger, "one")
        run.walk.add([nested(1), nested(2)])
        ledger._database.execute(
            "UPDATE lookups SET source = ? WHERE url = ?", ('{"kind": "gopher"}', nested(1).url)
        )
        run = begin(ledger, "two")
        assert run.walk.next() == nested(2)
        assert run.walk.left() == 1


def test_the_last_complete_walk_that_was_wide_enough_counts(tmp_path: Path) -> None:
    def completed(window: Window, now: datetime) -> datetime | None:
        run = begin(ledger, f"{window} {now}", now, window=window)
        completed = run.walk.completed
        run.end(walked=True)
        return completed

    with opened(tmp_path / "l.sqlite") as ledger:
        assert completed(MONTH, NOON) is None
        assert completed(Window(), NOON + DAY) is None
        assert completed(Window(since=NOON), NOON + 2 * DAY) == NOON + DAY
        assert completed(MONTH, NOON + 3 * DAY) == NOON + DAY
        assert completed(Window(since=NOON), NOON + 4 * DAY) == NOON + 3 * DAY
