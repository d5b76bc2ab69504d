"""Hosts with failing DNS, TLS or redirects, or that stay busy, beside a site that works."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import trustme

from tests.crawl.archive_reading import articles
from tests.hostile.crawling import GOOD, HOST, Outcome, crawled, paper
from tests.servers.hostile import ClosingServer, HostileServer, Reply, page
from tests.servers.paper import story

STORM = 12  # pages of each host that is too busy
IN_A_ROW = 5  # BUSY_ANSWERS_MAX of the crawl
AT_A_TIME = 8  # its requests to one host
MAX_BUSY_SECONDS = 2  # BUSY_SECONDS_MAX of the crawl
HOPS = 30  # of a chain of redirects; Scrapy follows 20


def path(name: str) -> str:
    return f"/2026/05/03/a-story-of-{name}/"


def at(host: str, name: str, scheme: str = "http", port: str = "") -> str:
    return f"{scheme}://{host}.{HOST}{port}{path(name)}"


def moved(place: str) -> Reply:
    return page("", f"Location: {place}", status="302 Found")


def expired() -> ssl.SSLContext:
    """Make an expired certificate of an unknown authority for another name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    begin, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 2, 1, tzinfo=UTC)
    certificate = trustme.CA().issue_cert("elsewhere.example", not_before=begin, not_after=end)
    certificate.configure_cert(context)
    return context


def ways_elsewhere(port: int) -> dict[str, Reply]:
    """Return redirects that must not be followed to their end."""
    return {
        path("chain-0"): moved(path("chain-1")),
        path("here"): moved(path("there")),
        path("long-address"): moved(path("x" * 20_000)),
        path("no-address"): moved("http://[nowhere/"),
        path("to-inside"): moved(at("inside", "secret", port=f":{port}")),
        path("to-numbers"): moved(f"http://127.0.0.1:{port}/"),
    }


def further() -> dict[str, Reply]:
    """Return replies of pages without links to them, and of other hosts of the site."""
    replies = {path(f"chain-{n}"): moved(path(f"chain-{n + 1}")) for n in range(1, HOPS)}
    replies |= {path("there"): moved(path("here")), path("secret"): page(str(story(66).body))}
    for number in range(STORM):
        replies[path(f"busy-{number}")] = page("", status="429 Too Many Requests")
        replies[path(f"later-{number}")] = page("", "Retry-After: 100000", status="503 Busy")
    tales = {path(name): page(str(story(70 + n).body)) for n, name in enumerate(("flaky", "expired"))}
    return {**replies, **tales}


@dataclass(frozen=True)
class Met:
    outcome: Outcome
    asked: dict[str, int]  # of the plain server, by host and path


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Met]:
    links = [at("flaky", "flaky"), at("unknown", "unknown").replace(HOST, f"nowhere.{HOST}.invalid")]
    links += [at(host, host, "https") for host in ("expired", "garbage", "closing")]
    links += [at(host, f"{host}-{number}") for host in ("busy", "later") for number in range(STORM)]
    with ExitStack() as stack:
        replies = further()
        server = stack.enter_context(HostileServer(replies))
        replies.update(paper(ways_elsewhere(server.port), *links))
        secure = stack.enter_context(HostileServer(further(), tls=expired()))
        garbage = stack.enter_context(ClosingServer(b"\x00no handshake\xff" * 100))
        closing = stack.enter_context(ClosingServer())
        outcome = crawled(
            tmp_path_factory.mktemp("hosts"),
            f"expired.{HOST}:443:127.0.0.1:{secure.port}",
            f"garbage.{HOST}:443:127.0.0.1:{garbage.port}",
            f"closing.{HOST}:443:127.0.0.1:{closing.port}",
            *(f"{host}{HOST}:80:127.0.0.1:{server.port}" for host in ("", "busy.", "later.")),
            f"flaky.{HOST}:80:flaky.{HOST}:{server.port}",
            CONCURRENT_REQUESTS_PER_DOMAIN=str(AT_A_TIME),
            DNS_RESOLVER="tests.servers.hostile.Resolver",
            RETRY_AFTER_MAX="0.3",
            BUSY_SECONDS_MAX=str(MAX_BUSY_SECONDS),
            BUSY_ANSWERS_MAX=str(IN_A_ROW),
        )
        yield Met(outcome, dict(server.asked))


def test_every_good_article_is_stored(met: Met) -> None:
    assert met.outcome.good() == set(GOOD)


def test_a_failed_look_up_of_a_name_is_tried_again(met: Met) -> None:
    assert at("flaky", "flaky") in {row["url"] for row in articles(met.outcome.archive)}


def test_pages_behind_an_expired_certificate_are_archived(met: Met) -> None:
    """An archive keeps what was served, also by a server whose identity is not proven."""
    assert at("expired", "expired", "https") in {row["url"] for row in articles(met.outcome.archive)}


@pytest.mark.parametrize("host", ["garbage", "closing"])
def test_a_failed_handshake_fails_its_host_only(met: Met, host: str) -> None:
    records = [
        r for r in met.outcome.records if (r.value("WARC-Target-URI") or "").startswith(f"https://{host}.")
    ]
    assert {record.kind for record in records} == {"metadata"}  # nothing was sent and nothing is claimed
    assert all(b"error: DownloadFailedError" in record.block for record in records)


def test_no_redirect_leads_into_the_private_network(met: Met) -> None:
    assert not any(place.startswith((f"inside.{HOST}", "127.0.0.1")) for place in met.asked)
    assert met.outcome.counters["capture/refused_private"] >= 1


def test_chains_and_loops_end(met: Met) -> None:
    assert met.outcome.stats["failed"]["redirect-loop"] == 2
    assert met.asked[f"{HOST}{path('chain-20')}"] == 1
    assert f"{HOST}{path('chain-21')}" not in met.asked


@pytest.mark.parametrize(("host", "reason"), [("busy", "http-429"), ("later", "http-503")])
def test_a_host_that_stays_busy_gets_no_further_request(met: Met, host: str, reason: str) -> None:
    asked = sum(count for place, count in met.asked.items() if place.startswith(f"{host}."))
    assert asked <= IN_A_ROW + AT_A_TIME + 1  # those on their way, and robots.txt
    counters = met.outcome.counters
    assert counters[f"politeness/paused/{host}.{HOST}"] <= MAX_BUSY_SECONDS
    assert 1 <= met.outcome.stats["failed"][reason] < STORM


def test_refusals_of_busy_hosts_are_counted(met: Met) -> None:
    counters, failed = met.outcome.counters, met.outcome.stats["failed"]
    assert counters["politeness/given_up"] == 2
    assert counters["politeness/not_asked"] + failed["http-429"] + failed["http-503"] == 2 * STORM
    assert met.outcome.code == 1
    assert "pages could not be fetched" in met.outcome.log
