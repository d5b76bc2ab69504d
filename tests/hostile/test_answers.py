"""Endless, malformed and huge responses: each costs only its own page, within a bound, and is counted."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass

import brotli  # type: ignore[import-untyped]
import pytest
from backports import zstd

from tests.hostile.crawling import GOOD, HOST, Outcome, crawled, paper
from tests.servers.hostile import (
    Deed,
    HostileServer,
    endless,
    gzip_bomb,
    head,
    page,
    reset,
    says,
    silent,
    trickle,
)
from tests.servers.paper import story

MOST = 2 * 1024 * 1024  # DOWNLOAD_MAXSIZE of the crawl
BOMB = bytes(300 * 1024 * 1024)
PEAK = 400 * 1024 * 1024  # a bomb that went off, or a second of an endless answer, is more
HTML = "Content-Type: text/html; charset=utf-8"
CHUNKED = head(HTML, "Transfer-Encoding: chunked")
BODY = str(story(77).body).encode()


@dataclass(frozen=True)
class Case:
    deed: Deed
    reason: str | None  # under which the page is counted as failed; None: it is no failure
    truncated: str | None = None  # what the WARC says of it
    overlong: str | None = None


CASES = {
    "body-for-ever": Case(endless(head(HTML), b"x" * 65_536), "too-large", "length"),
    "chunks-for-ever": Case(endless(CHUNKED, b"10000\r\n%s\r\n" % (b"x" * 65_536)), "too-large", "length"),
    "extensions-for-ever": Case(
        endless(CHUNKED, b"1;%s\r\nx\r\n" % (b"e" * 1_000)), "too-large", "length", "framing"
    ),
    "headers-for-ever": Case(
        endless(head(HTML)[:-2], b"X-More: %s\r\n" % (b"m" * 500)), "too-large", "length", "headers"
    ),
    "a-header-for-ever": Case(
        endless(head(HTML)[:-2] + b"Location: /", b"l" * 9_000), "too-large", "length", "headers"
    ),
    "folds-for-ever": Case(
        endless(head(HTML)[:-2], b" folded\r\n" * 1_000), "too-large", "length", "headers"
    ),
    "hints-for-ever": Case(
        endless(b"", head("Link: </a>", status="103 Early Hints")), "too-large", "length", "headers"
    ),
    "many-headers": Case(
        says(head(*["a: b"] * 100_000, f"Content-Length: {len(BODY)}"), BODY),
        "too-large",
        "length",
        "headers",
    ),
    "ten-megabytes-of-headers": Case(
        says(head(*[f"X-{n}: {'v' * 1_000}" for n in range(10_000)], "Content-Length: 0")),
        "too-large",
        "length",
        "headers",
    ),
    "many-cookies": Case(page(BODY, *[f"Set-Cookie: c{n}={'k' * 400}" for n in range(500)]), None),
    "a-byte-at-a-time": Case(trickle(head(HTML, "Content-Length: 5000"), BODY), "timeout", "time"),
    "headers-byte-by-byte": Case(trickle(b"", head(HTML, "X-Slow: yes")[:-2]), "timeout", "time"),
    "no-answer": Case(silent(), "timeout"),
    "claims-more": Case(
        says(head(HTML, f"Content-Length: {len(BODY) + 9_999}"), BODY, close=True), None, "disconnect"
    ),
    "claims-less": Case(says(head(HTML, f"Content-Length: {len(BODY) - 40}"), BODY, close=True), None),
    "claims-nonsense": Case(says(head(HTML, "Content-Length: -5"), BODY, close=True), None),
    "claims-two-lengths": Case(
        says(head(HTML, "Content-Length: 5", "Content-Length: 6"), BODY, close=True),
        "connection-lost",
        "unspecified",
    ),
    "gzip-bomb": Case(page(gzip_bomb(len(BOMB)), "Content-Encoding: gzip"), "too-large"),
    "brotli-bomb": Case(page(brotli.compress(BOMB, quality=1), "Content-Encoding: br"), "too-large"),
    "zstd-bomb": Case(page(zstd.compress(BOMB, 1), "Content-Encoding: zstd"), "too-large"),
    "bomb-in-a-bomb": Case(
        page(gzip.compress(gzip_bomb(len(BOMB)), mtime=0), "Content-Encoding: gzip, gzip"), "too-large"
    ),
    "gzip-fifty-times": Case(
        page(BODY, f"Content-Encoding: {', '.join(['gzip'] * 50)}"), "too-large", overlong="codings"
    ),
    "no-gzip": Case(page(b"this is no gzip", "Content-Encoding: gzip"), "BadGzipFile"),
    "no-http": Case(
        says(b"<html>HTTP/0.9 is long gone</html>\r\n", close=True), "connection-lost", "unspecified"
    ),
    "nonsense": Case(says(bytes(range(256)) * 40, close=True), "connection-lost", "unspecified"),
    "hangs-up": Case(reset(), "connection-lost"),
    "closes-each-time": Case(says(head(HTML, "Connection: close") + BODY, close=True), None),
}


def path(name: str) -> str:
    return f"/2026/05/02/a-story-of-{name}/"


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    table = paper({path(name): case.deed for name, case in CASES.items()})
    with HostileServer(table) as server:
        yield crawled(
            tmp_path_factory.mktemp("answers"),
            f"{HOST}:80:127.0.0.1:{server.port}",
            DOWNLOAD_MAXSIZE=str(MOST),
            DOWNLOAD_TIMEOUT="4",
        )


def test_every_good_article_came(outcome: Outcome) -> None:
    assert outcome.good() == set(GOOD)


def test_each_is_counted_by_its_reason(outcome: Outcome) -> None:
    reasons = [case.reason for case in CASES.values() if case.reason]
    assert outcome.stats["failed"] == {reason: reasons.count(reason) for reason in sorted(set(reasons))}
    overlong = [case.overlong for case in CASES.values() if case.overlong]
    for what in set(overlong):
        assert outcome.counters[f"capture/overlong/{what}"] == overlong.count(what)


def test_what_failed_is_an_exit_code(outcome: Outcome) -> None:
    assert outcome.code == 1
    assert "pages could not be fetched" in outcome.log


def test_memory_has_a_bound(outcome: Outcome) -> None:
    assert outcome.peak < PEAK, f"{outcome.peak:,}"


@pytest.mark.parametrize("name", CASES)
def test_what_the_archive_holds_of_it(outcome: Outcome, name: str) -> None:
    case = CASES[name]
    kept = outcome.of("response", path(name))
    if case.truncated is None and case.reason in {"timeout", "connection-lost"}:
        assert kept == []
        assert outcome.of("metadata", path(name))
        return
    if case.overlong == "headers" and not kept:  # interim answers only, and the last of them whole
        assert b"too many bytes of headers" in outcome.of("metadata", path(name))[-1].block
        return
    assert kept[-1].value("WARC-Truncated") == case.truncated  # a busy machine may have cut an earlier try
    assert all(len(record.block) < 3 * MOST for record in kept)


def test_bombs_are_kept_as_they_came(outcome: Outcome) -> None:
    [record] = outcome.of("response", path("gzip-bomb"))
    assert record.block.endswith(gzip_bomb(len(BOMB)))
