"""Endless lists, addresses that change with each request, robots.txt of any length: all are bounded."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.discovery.detect import SECTION_PAGES
from tests.hostile.crawling import GOOD, HOST, crawled, paper
from tests.servers.hostile import HostileServer, Late, Reply, endless, head, page, sends
from tests.servers.paper import path_of, story

FORBIDDEN = "/2026/05/03/a-story-that-robots-txt-forbids/"
RULES = f"User-agent: *\nDisallow: {FORBIDDEN}\nDisallow: /private/\n".encode()
PLAIN = "Content-Type: text/plain"


class Calendar(dict[str, Reply]):
    """Every month links to the next; every visit gives every story another address."""

    visits = 0

    def get(self, place: str, default: Reply | None = None) -> Reply | None:  # type: ignore[override]
        path = urlsplit(place).path
        if path.startswith("/calendar/"):
            return self._month(int(path.strip("/").rpartition("/")[2]))
        return super().get(path if path in GOOD else place, default)

    def _month(self, number: int) -> Reply:
        self.visits += 1
        links = "".join(
            f'<li><a href="{path}?PHPSESSID={self.visits:032x}">أهالي البلدة يناقشون ترميم السوق</a></li>'
            for path in GOOD
        )
        following = f'<a rel="next" href="/calendar/{number + 1}/?PHPSESSID={self.visits:032x}">التالي</a>'
        return page(f"<!DOCTYPE html><html><body><ul>{links}</ul>{following}</body></html>")


def test_an_endless_calendar_with_addresses_that_change_at_each_visit(tmp_path: Path) -> None:
    home = '<!DOCTYPE html><html><body><nav><a href="/calendar/1/">الأرشيف</a></nav></body></html>'
    calendar = Calendar({**paper({}), "/": page(home)})
    with HostileServer(calendar) as server:
        outcome = crawled(tmp_path, f"{HOST}:80:127.0.0.1:{server.port}")
        months = {place for place in server.asked if "/calendar/" in place}
    assert outcome.code == 0
    assert 1 < len(months) <= SECTION_PAGES
    assert outcome.stats["articles"] == len(GOOD)  # each story once, at any number of addresses
    assert outcome.stats["fetched"] <= len(GOOD) * SECTION_PAGES
    again = outcome.stats["fetched"] - len(GOOD)
    assert sum(outcome.stats["dropped"].values()) == again > 0


def long_robots() -> Reply:
    rules = RULES + b"Disallow: /nothing/is/here/\n" * (50 * 1024 * 1024 // 28)
    return sends(head(PLAIN, f"Content-Length: {len(rules)}"), rules)


@pytest.mark.parametrize(
    "robots",
    [Late(long_robots), endless(head(PLAIN) + RULES, b"# nothing more\n" * 4_000)],
    ids=["long", "endless"],
)
def test_only_the_beginning_of_a_long_robots_txt_is_read(tmp_path: Path, robots: Reply) -> None:
    forbidden = {FORBIDDEN: page(str(story(99).body))}
    with HostileServer({**paper(forbidden), "/robots.txt": robots}) as server:
        outcome = crawled(tmp_path, f"{HOST}:80:127.0.0.1:{server.port}")
        assert f"{HOST}{FORBIDDEN}" not in server.asked
    assert outcome.code == 0, outcome.log[-3000:]
    assert outcome.good() == set(GOOD)
    assert outcome.counters["robotstxt/cut"] == 1
    assert outcome.stats["failed"] == {"robots": 1}
    record, *_ = outcome.of("response", "/robots.txt")  # discovery asks again, for the names of sitemaps
    assert 512 * 1024 < len(record.block) < 1024 * 1024
    assert record.value("WARC-Truncated") == "unspecified"


def test_busy_responses_cost_only_their_pages(tmp_path: Path) -> None:
    """A host gives busy and good answers in turn, so every page is requested, after pauses that end."""
    busy = {
        f"/2026/05/03/a-story-for-later-{n}/": page("", "Retry-After: 3600", status="429 Too Many Requests")
        for n in range(6)
    }
    with HostileServer(paper(busy)) as server:
        outcome = crawled(
            tmp_path,
            f"{HOST}:80:127.0.0.1:{server.port}",
            RETRY_AFTER_MAX="0.5",
            BUSY_SECONDS_MAX="1",
            CONCURRENT_REQUESTS_PER_DOMAIN="1",
        )
    assert outcome.code == 1
    assert outcome.good() == {path_of(number) for number in range(1, 13)}
    assert outcome.stats["failed"] == {"http-429": len(busy)}
    assert outcome.counters[f"politeness/paused/{HOST}"] == 1
    assert "politeness/given_up" not in outcome.counters
