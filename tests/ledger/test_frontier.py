"""The frontier without a network: order, limits, bounds, and that it never holds what it need not."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import ClassVar

import pytest

from crawler.discovery.scope import Scope
from crawler.discovery.source import Answer, Finding, Lookup, Refusal, Window
from crawler.items import Candidate
from crawler.ledger.frontier import READY_WANTED, Frontier

SCOPE = Scope(domain="barada.example")


@dataclass(frozen=True)
class Shelf:
    """A source of a given kind that says nothing by itself."""

    kind: ClassVar[str] = "listing"

    def lookups(self, window: Window) -> Iterator[Lookup]:
        return iter(())

    def read(self, lookup: Lookup, answer: Answer, window: Window, scope: Scope) -> Iterator[Finding]:
        return iter(())


@dataclass(frozen=True)
class FeedShelf(Shelf):
    kind: ClassVar[str] = "feed"


def candidate(number: int, host: str = "barada.example") -> Candidate:
    return Candidate(url=f"https://{host}/2026/01/01/story-{number}/", via="feed")


def lookup(path: str, source: Shelf | None = None) -> Lookup:
    return Lookup(url=f"https://barada.example/{path}", source=source or Shelf())


def draw_all(frontier: Frontier) -> None:
    while (open_list := frontier.list_to_draw()) is not None:
        findings, exhausted = open_list.draw()
        frontier.drawn(open_list, findings, exhausted=exhausted)


def claim_all(frontier: Frontier) -> list[str]:
    claimed = []
    while (found := frontier.next_candidate()) is not None:
        claimed.append(found.url)
    return claimed


def test_lists_come_by_rank_of_their_source() -> None:
    frontier = Frontier(scope=SCOPE)
    for path, source in (("section", Shelf()), ("feed", FeedShelf())):
        frontier.add(lookup(path, source))
    first = frontier.next_lookup()
    assert first is not None
    assert first.url.endswith("/feed")


def test_an_address_comes_once_in_whatever_spelling() -> None:
    frontier = Frontier(scope=SCOPE)
    for path in (
        "/خبر-أول",
        "/%D8%AE%D8%A8%D8%B1-%D8%A3%D9%88%D9%84",
        "/%d8%ae%d8%a8%d8%b1-%d8%a3%d9%88%d9%84",
    ):
        frontier.add(Candidate(url=f"https://barada.example{path}", via="feed"))
    assert frontier.found == 1
    assert len(claim_all(frontier)) == 1


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://elsewhere.example/2026/01/01/story/", "off-site"),
        ("https://notbarada.example/2026/01/01/story/", "off-site"),
        ("mailto:editor@barada.example", "no-address"),
        ("not an address", "no-address"),
        ("https://barada.example/tag/water/", "not-an-article-address"),
    ],
)
def test_what_is_not_followed_is_counted(url: str, reason: str) -> None:
    frontier = Frontier(scope=Scope(domain="barada.example", article_url=r"/\d{4}/\d{2}/\d{2}/"))
    refusal = frontier.add(Candidate(url=url, via="feed"))
    assert refusal is not None
    assert frontier.refused == {reason: 1}
    assert claim_all(frontier) == []


def test_an_endless_list_is_drawn_only_as_needed() -> None:
    frontier = Frontier(scope=SCOPE)
    numbers = count()
    frontier.open_list(lookup("sitemap.xml"), (candidate(next(numbers)) for _ in numbers))
    draw_all(frontier)
    drawn = next(numbers)
    assert READY_WANTED <= frontier.found <= drawn <= 3 * READY_WANTED
    assert len(claim_all(frontier)) == frontier.found


def test_a_limit_counts_what_is_stored_and_what_is_in_flight() -> None:
    frontier = Frontier(scope=SCOPE, limit=3)
    frontier.open_list(lookup("feed"), iter([candidate(n) for n in range(10)]))
    draw_all(frontier)
    first = claim_all(frontier)
    assert len(first) == 3
    frontier.release(first[0], stored=False)  # no article: another takes its place
    second = claim_all(frontier)
    assert len(second) == 1
    for url in [*first[1:], *second]:
        frontier.release(url, stored=True)
    assert not frontier.has_more()
    assert claim_all(frontier) == []


def test_with_a_limit_no_list_is_fetched_while_candidates_suffice() -> None:
    frontier = Frontier(scope=SCOPE, limit=2)
    frontier.add(lookup("older"))
    frontier.open_list(lookup("feed"), iter([candidate(n) for n in range(5)]))
    draw_all(frontier)
    assert frontier.next_lookup() is None
    claimed = claim_all(frontier)
    for url in claimed:
        frontier.release(url, stored=False)
    claimed = claim_all(frontier) + claim_all(frontier)
    for url in claimed:
        frontier.release(url, stored=False)
    while claimed := claim_all(frontier):
        for url in claimed:
            frontier.release(url, stored=False)
    assert frontier.next_lookup() is not None


def test_lost_claims_do_not_hang_a_run() -> None:
    frontier = Frontier(scope=SCOPE, limit=1)
    frontier.open_list(lookup("feed"), iter([candidate(n) for n in range(2)]))
    draw_all(frontier)
    assert len(claim_all(frontier)) == 1
    assert not frontier.has_more()  # full: whoever waits must wait for what is in flight
    frontier.release_all()
    assert frontier.has_more()


def test_refusals_of_a_list_are_passed_on() -> None:
    frontier = Frontier(scope=SCOPE)
    frontier.open_list(lookup("feed"), iter([Refusal(reason="broken-xml", detail="line 3"), candidate(1)]))
    open_list = frontier.list_to_draw()
    assert open_list is not None
    findings, exhausted = open_list.draw()
    refusals = frontier.drawn(open_list, findings, exhausted=exhausted)
    assert [refusal.reason for refusal in refusals] == ["broken-xml"]
    assert frontier.found == 1
