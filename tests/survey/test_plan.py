from datetime import UTC, datetime

from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.discovery.listing import Listing
from crawler.discovery.sitemap import Sitemap
from crawler.discovery.source import Lookup, Window
from crawler.items import Candidate
from crawler.survey.plan import MAX_FOUND, MAX_LISTS, Plan

HOME = "https://paper.example/"
DAY = datetime(2026, 5, 1, tzinfo=UTC)


def drain(plan: Plan) -> list[tuple[int, Lookup]]:
    asked = []
    while (planned := plan.next_lookup()) is not None:
        asked.append(planned)
    return asked


def test_the_sites_own_lists_come_first_and_all() -> None:
    own = [Listing(f"{HOME}{number}") for number in range(5)]
    plan = Plan([*own, Feed(f"{HOME}feed")], Window())
    assert [lookup.url for _, lookup in drain(plan)] == [*(source.url for source in own), f"{HOME}feed"]


def test_found_lists_are_bounded_by_kind_and_feeds_go_before_sections() -> None:
    plan = Plan([Detect(HOME)], Window())
    assert plan.next_lookup() is not None
    found = [Lookup(url=f"{HOME}s{number}", source=Listing(f"{HOME}s{number}")) for number in range(9)]
    found += [Lookup(url=f"{HOME}f{number}", source=Feed(f"{HOME}f{number}")) for number in range(9)]
    plan.take(0, found)
    kinds = [lookup.source.kind for _, lookup in drain(plan)]
    assert kinds == ["feed"] * MAX_FOUND["feed"] + ["listing"] * MAX_FOUND["listing"]


def test_no_list_is_asked_twice_and_no_second_page() -> None:
    plan = Plan([Feed(f"{HOME}feed")], Window())
    assert plan.next_lookup() is not None
    feed = Feed(f"{HOME}feed")
    plan.take(0, [Lookup(url=feed.url, source=feed), Lookup(url=f"{HOME}feed?paged=2", source=feed, page=2)])
    assert plan.next_lookup() is None


def test_sites_that_invent_lists_find_an_end() -> None:
    plan = Plan([Sitemap(f"{HOME}{number}") for number in range(3 * MAX_LISTS)], Window())
    assert len(drain(plan)) == MAX_LISTS


def test_the_newest_articles_go_first_and_a_date_from_any_list_counts() -> None:
    plan = Plan([], Window())
    plan.take(0, [Candidate(url=f"{HOME}{number}-a", via="listing") for number in range(3)])
    plan.take(0, [Candidate(url=f"{HOME}2-a", via="feed", published=DAY)])
    plan.take(0, [Candidate(url=f"{HOME}3-a", via="feed", modified=DAY.replace(day=2))])
    assert [one.url[-3:] for one in plan.candidates(3)] == ["3-a", "2-a", "0-a"]
    assert len(plan.urls) == 4
