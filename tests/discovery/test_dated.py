from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from crawler.discovery.dated import Dated
from crawler.discovery.source import Lookup, Window
from tests.discovery.reading import SITE, candidates, findings, first, lookups, reasons

DAYS = Dated(f"{SITE}/{{yyyy}}/{{mm}}/{{dd}}/", first="2015-01-31")
MAY = Window(since=datetime(2026, 5, 2, tzinfo=UTC), until=datetime(2026, 5, 5, tzinfo=UTC))


def window(since: str, until: str) -> Window:
    return Window(
        since=datetime.fromisoformat(since).replace(tzinfo=UTC),
        until=datetime.fromisoformat(until).replace(tzinfo=UTC),
    )


def page(*names: str, following: str | None = None) -> str:
    links = "".join(f'<a href="/{name}/">{name}</a>' for name in names)
    if following:
        links += f'<a rel="next" href="{following}">2</a>'
    return f"<html><body>{links}</body></html>"


def asked(
    source: Dated, answer: Callable[[str], tuple[int, str]], bounds: Window
) -> tuple[list[str], list[str], list[str]]:
    """Addresses asked for, articles found, and refusals, of a whole walk."""
    waiting: list[Lookup] = list(source.lookups(bounds))
    urls, articles, refused = [], [], []
    while waiting:
        lookup = waiting.pop(0)
        urls.append(lookup.url.removeprefix(SITE))
        status, body = answer(urls[-1])
        found = list(findings(source, body, status=status, lookup=lookup, window=bounds))
        waiting += lookups(found)
        articles += [each.url.removeprefix(SITE) for each in candidates(found)]
        refused += reasons(found)
        assert len(urls) < 10_000
    return urls, articles, refused


def no_page(_: str) -> tuple[int, str]:
    return 404, ""


@pytest.mark.parametrize(
    ("address", "bounds", "expected"),
    [
        ("/{yyyy}/{mm}/{dd}/", MAY, ["/2026/05/04/", "/2026/05/03/", "/2026/05/02/", "/2026/05/01/"]),
        ("/?d={yyyy}-{m}-{d}", window("2024-03-01", "2024-03-01"), ["/?d=2024-3-1", "/?d=2024-2-29"]),
        ("/a/{yyyy}{mm}", window("2025-12-15", "2026-02-01"), ["/a/202602", "/a/202601", "/a/202512"]),
        ("/{dd}.{mm}.{yyyy}", window("2016-01-01", "2016-01-01"), ["/01.01.2016", "/31.12.2015"]),
        (
            "/archive/{yyyy}",
            window("2015-06-01", "2017-01-01"),
            [f"/archive/{y}" for y in (2017, 2016, 2015)],
        ),
        ("/{yyyy}/{mm}/{dd}/", window("2010-01-01", "2015-02-01"), ["/2015/02/01/", "/2015/01/31/"]),
        ("/{yyyy}/{mm}/{dd}/", window("2010-01-01", "2011-01-01"), []),  # before the first
    ],
)
def test_periods_from_young_to_old(address: str, bounds: Window, expected: list[str]) -> None:
    urls, *_ = asked(Dated(f"{SITE}{address}", first="2015-01-31"), no_page, bounds)
    missing = [url for url in expected if url not in urls]
    assert not missing
    # a day more at the young end, for clocks ahead of Greenwich
    assert urls[-len(expected) :] == expected
    assert len(urls) - len(expected) <= 1


def test_without_an_end_it_begins_today() -> None:
    before = datetime.now(UTC).date()
    [lookup] = DAYS.lookups(Window())
    [year, month, day] = lookup.url.removeprefix(f"{SITE}/").strip("/").split("/")
    assert before <= date(int(year), int(month), int(day)) <= datetime.now(UTC).date() + timedelta(days=1)
    assert (lookup.page, lookup.depth) == (1, 0)


def test_articles_of_a_day_and_its_pages() -> None:
    pages = {
        "/2026/05/04/": page("2026/05/04/first-story-of-day", following="/2026/05/04/page/2/"),
        "/2026/05/04/page/2/": page("2026/05/04/second-story-of-day", following="/2026/05/04/page/3/"),
        "/2026/05/04/page/3/": page("2026/05/04/third-story-of-day"),
        "/2026/05/03/": page("2026/05/03/story-of-day-before"),
    }
    source = replace(DAYS, pages=2)
    urls, articles, _ = asked(source, lambda url: (200, pages[url]) if url in pages else (404, ""), MAY)
    assert urls[-5:] == [
        "/2026/05/04/",
        "/2026/05/04/page/2/",
        "/2026/05/03/",
        "/2026/05/02/",
        "/2026/05/01/",
    ]
    assert articles == [
        "/2026/05/04/first-story-of-day/",
        "/2026/05/04/second-story-of-day/",
        "/2026/05/03/story-of-day-before/",
    ]


def test_lookups_tell_what_they_are() -> None:
    found = list(findings(DAYS, page("2026/05/04/one-story-of-day", following="?page=2"), window=MAY))
    [candidate] = candidates(found)
    assert candidate.via == "dated"
    further, earlier = lookups(found)
    youngest = first(DAYS, MAY)
    assert (further.page, further.newest) == (2, youngest.newest)
    assert (earlier.page, earlier.depth) == (1, 1)
    assert earlier.newest is not None
    assert youngest.newest is not None
    assert youngest.newest - earlier.newest == timedelta(days=1)


@pytest.mark.parametrize("empty", [1, 3, 31])
@pytest.mark.parametrize("body", ["", page(), page("2020/01/01/most-read-story-ever")])
def test_empty_periods_in_a_row_end_it(body: str, empty: int) -> None:
    """Also where the same articles stand beside every page."""

    def answer(url: str) -> tuple[int, str]:
        if url == "/2026/04/20/":
            return 200, page("2026/04/20/one-story-of-day", "2020/01/01/most-read-story-ever")
        return 200, body or "<html></html>"

    urls, _, refused = asked(replace(DAYS, empty=empty), answer, window("2015-01-01", "2026-04-20"))
    assert refused[-1] == "nothing-older"
    assert urls.index("/2026/04/20/") + empty == len(urls) - 1


def test_a_site_in_trouble_is_no_empty_archive() -> None:
    urls, _, refused = asked(replace(DAYS, empty=2), lambda _: (503, ""), window("2026-01-01", "2026-04-20"))
    assert urls[-1] == "/2025/12/31/"
    assert set(refused) == {"status"}


def test_days_that_end_with_404_come_to_an_end() -> None:
    urls, _, refused = asked(DAYS, no_page, Window(until=datetime(2026, 4, 20, tzinfo=UTC)))
    assert len(urls) == DAYS.empty
    assert refused[-1] == "nothing-older"


@pytest.mark.parametrize("body", [b"\x00" * 100, b"<", b"%PDF-1.7", b"<a href=" * 1000, b""])
def test_what_is_no_page_ends_nothing(body: bytes) -> None:
    found = list(findings(DAYS, body, window=MAY))
    assert len(lookups(found)) == 1
    assert candidates(found) == []


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"url": "https://p.example/"}, "write {yyyy}"),
        ({"url": "https://p.example/{mm}/{dd}"}, "write {yyyy}"),
        ({"url": "https://p.example/{yyyy}/{dd}"}, "write {yyyy}"),
        ({"url": "https://p.example/{yyyy}/{m}/{mm}"}, "write {yyyy}"),
        ({"url": "https://p.example/{yy}/{mm}"}, "write {yyyy}"),
        ({"url": "https://p.example/{yyyy}/{}"}, "write {yyyy}"),
        ({"first": "yesterday"}, "first must be a day"),
        ({"first": "2015"}, "first must be a day"),
        ({"first": "0001-01-01"}, "first must be a day"),
        ({"first": date(2015, 1, 1)}, "first must be a day"),
        ({"pages": 0}, "pages must be 1 to 100"),
        ({"pages": 101}, "pages must be 1 to 100"),
        ({"empty": 0}, "empty must be 1 to 1000"),
        ({"empty": 1001}, "empty must be 1 to 1000"),
    ],
)
def test_what_has_no_meaning(fields: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        replace(DAYS, **fields)  # type: ignore[arg-type]
