"""What counts as fetched, archived and missing, from ledgers with known contents."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawler.archive.originals import Original
from crawler.coverage.counting import UNKNOWN, Count, Coverage, Days, Missing, total
from crawler.ledger.entries import State
from crawler.ledger.schema import open_database
from crawler.urls import canonical_url
from tests.ledger.making import (
    DAY,
    NOON,
    address,
    archived,
    begin,
    opened,
    original,
    outcome,
    page,
)

KEPT, LOST = "warc/paper/2026/06/kept.warc.gz", "warc/paper/2026/06/lost.warc.gz"
DAMASCUS = ZoneInfo("Asia/Damascus")


@contextmanager
def coverage_of(
    path: Path,
    *,
    zone: ZoneInfo | None = None,
    days: Days = Days(),  # noqa: B008 - a frozen value
) -> Iterator[Coverage]:
    database = open_database(path)
    try:
        yield Coverage(database, [KEPT, "warc/paper/2026/06/another.warc.gz"], zone, days)
    finally:
        database.close()


def one_page(
    path: Path, state: State | None, reason: str | None = None, *, record: Original | None = None
) -> None:
    """A ledger of one page with this outcome; None: it was never fetched."""
    with opened(path) as ledger:
        run = begin(ledger, "one")
        run.take_in([page(1, published=NOON)], NOON)
        if state is None:
            return
        [claim] = run.claim(1)
        done = archived(claim) if state == "archived" else outcome(claim, state, reason=reason)
        digest = record.digest if record else None
        run.settle([replace(done, payload_digest=digest)], [record] if record else [])
        run.end(walked=True)


@pytest.mark.parametrize(
    ("state", "reason", "file", "counted", "missing"),
    [
        ("archived", None, KEPT, (1, 1, 1, 1, 1), None),
        ("archived", None, LOST, (1, 1, 1, 0, 1), "not-in-archive"),
        ("archived", None, None, (1, 1, 0, 0, 1), "no-record"),
        ("fetched", "list", KEPT, (1, 1, 1, 1, 0), None),
        ("fetched", "duplicate-text", KEPT, (1, 1, 1, 1, 0), None),
        ("fetched", "list", LOST, (1, 1, 1, 0, 0), "not-in-archive"),
        ("fetched", "duplicate-address", None, (0, 0, 0, 0, 0), None),  # counts where it leads to
        ("gone", "http-404", None, (1, 1, 0, 0, 0), "http-404"),
        ("new", "timeout", None, (1, 0, 0, 0, 0), "timeout"),
        ("refused", "off-site", None, (1, 1, 0, 0, 0), "off-site"),
        (None, None, None, (1, 0, 0, 0, 0), "not-fetched-yet"),
    ],
)
def test_each_outcome(
    tmp_path: Path,
    state: State | None,
    reason: str | None,
    file: str | None,
    counted: tuple[int, ...],
    missing: str | None,
) -> None:
    path = tmp_path / "l.sqlite"
    one_page(path, state, reason, record=original("payload", file=file) if file else None)
    with coverage_of(path) as coverage:
        whole = total(coverage.days().values())
        assert coverage.reasons() == ({missing: 1} if missing else {})
        expected = [Missing(day="2026-06-01", reason=missing, url=address(1))] if missing else []
        assert list(coverage.missing()) == expected
        without = {reason: 1} if state == "fetched" and counted[0] and not missing else {}
        assert coverage.without_article() == without
    found = (whole.advertised, whole.fetched, whole.archived, whole.read_back, whole.articles)
    assert found == counted
    assert whole.missing == bool(missing)
    assert whole.covered == (0 if missing else 100)


def test_an_article_that_was_taken_down_is_covered_and_gone(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    one_page(path, "archived", record=original("payload", file=KEPT))
    with opened(path) as ledger:
        ledger._database.execute("UPDATE pages SET look_at = 0")
        run = begin(ledger, "two", NOON + DAY)
        run.settle([outcome(run.claim(1)[0], "gone", NOON + DAY, reason="http-410")])
    with coverage_of(path) as coverage:
        whole = total(coverage.days().values())
    assert (whole.articles, whole.read_back, whole.gone, whole.missing) == (1, 1, 1, 0)


def test_a_redirect_counts_where_it_led_to(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    held = original("payload", file=KEPT)
    with opened(path) as ledger:
        run = begin(ledger, "one")
        run.take_in([page(1)], NOON)
        done = archived(run.claim(1)[0])
        run.settle([replace(done, landed=canonical_url(address(2)), payload_digest=held.digest)], [held])
    with coverage_of(path) as coverage:
        [count] = coverage.days().values()
    assert (count.advertised, count.articles, count.missing) == (1, 1, 0)


def late_evening(path: Path) -> None:
    """Pages by several sources, around midnight in Damascus (three hours ahead of Greenwich)."""
    with opened(path) as ledger:
        run = begin(ledger, "one")
        moments = [datetime(2026, 6, 1, hour, 30, tzinfo=UTC) for hour in (20, 21, 22)]
        known = [page(n, published=moment) for n, moment in enumerate(moments)]
        known += [
            page(7, via="sitemap", published=moments[0]),
            page(8, via="wordpress", published=moments[0]),
        ]
        known += [page(9, via="listing"), page(10, via="dated")]
        run.take_in(known, NOON)


def test_days_are_the_outlets(tmp_path: Path) -> None:
    late_evening(tmp_path / "l.sqlite")
    with coverage_of(tmp_path / "l.sqlite", zone=DAMASCUS) as coverage:
        days = coverage.days()
    assert {day: count.advertised for day, count in days.items()} == {
        "2026-06-02": 2,
        "2026-06-01": 3,
        UNKNOWN: 2,
    }
    assert list(days) == ["2026-06-02", "2026-06-01", UNKNOWN]  # the youngest first
    assert days["2026-06-01"].sources == {"feed": 1, "sitemap": 1, "api": 1}
    assert days[UNKNOWN].sources == {"other": 2}
    with coverage_of(tmp_path / "l.sqlite") as coverage:
        assert set(coverage.days()) == {"2026-06-01", UNKNOWN}  # as they were written


@pytest.mark.parametrize(
    ("since", "until", "advertised"),
    [
        (None, None, 7),
        (date(2026, 6, 1), None, 5),
        (date(2026, 6, 2), None, 2),
        (None, date(2026, 6, 1), 3),
        (date(2026, 6, 2), date(2026, 6, 2), 2),
        (date(2026, 6, 3), None, 0),
        (None, date(2026, 5, 31), 0),
    ],
)
def test_a_span_of_days(tmp_path: Path, since: date | None, until: date | None, advertised: int) -> None:
    late_evening(tmp_path / "l.sqlite")
    span = Days(since=since, until=until)
    with coverage_of(tmp_path / "l.sqlite", zone=DAMASCUS, days=span) as coverage:
        whole = total(coverage.days().values())
        assert len(list(coverage.missing())) == advertised
        assert sum(coverage.reasons().values()) == advertised
    assert whole.advertised == sum(whole.sources.values()) == advertised


def test_nothing_is_written_into_what_is_read(tmp_path: Path) -> None:
    late_evening(tmp_path / "l.sqlite")
    with coverage_of(tmp_path / "l.sqlite") as coverage, pytest.raises(Exception, match="readonly"):
        coverage._database.execute("DELETE FROM pages")


@pytest.mark.parametrize("published", ["yesterday", "9999-12-31T23:59:59+00:00", "", b"\xff", 7])
def test_dates_that_somebody_else_wrote(tmp_path: Path, published: object) -> None:
    path = tmp_path / "l.sqlite"
    one_page(path, None)
    database = open_database(path)
    database.execute("UPDATE pages SET published = ?, reason = x'ff00'", (published,))
    database.close()
    with coverage_of(path, zone=ZoneInfo("Pacific/Kiritimati")) as coverage:
        assert list(coverage.days()) == [UNKNOWN]


def test_percent() -> None:
    assert Count().covered == 100
    assert Count(advertised=3, missing=1).record()["covered_percent"] == 66.67
