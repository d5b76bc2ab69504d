"""Endless, malformed and huge responses: each costs only its own page, within a bound, and is counted."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import brotli  # type: ignore[import-untyped]
import pytest
from backports import zstd

from tests.hostile.crawling import GOOD, HOST, Outcome, crawled, paper
from tests.servers.hostile import (
    HostileServer,
    Late,
    Reply,
    endless,
    gzip_bomb,
    head,
    page,
    reset,
    sends,
    silent,
    trickle,
)
from tests.servers.paper import story

MAX_BYTES = 2 * 1024 * 1024  # DOWNLOAD_MAXSIZE of the crawl
BOMB_BYTES = 300 * 1024 * 1024
MAX_MEMORY_BYTES = 400 * 1024 * 1024  # an unpacked bomb, or a second of an endless response, is more
HTML = "Content-Type: text/html; charset=utf-8"
CHUNKED = head(HTML, "Transfer-Encoding: chunked")
BODY = str(story(77).body).encode()


@dataclass(frozen=True)
class Case:
    reply: Reply
    reason: str | None  # counted under `failed`; None: the page does not fail
    truncated: str | None = None  # WARC-Truncated of the response record
    overlong: str | None = None  # counted under `capture/overlong`


def bomb(pack: Callable[[int], bytes], coding: str) -> Reply:
    """Send zeros that are small on the wire; `pack` returns so many of them packed."""
    return Late(lambda: page(pack(BOMB_BYTES), f"Content-Encoding: {coding}"))


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
        sends(head(*["a: b"] * 100_000, f"Content-Length: {len(BODY)}"), BODY),
        "too-large",
        "length",
        "headers",
    ),
    "ten-megabytes-of-headers": Case(
        sends(head(*[f"X-{n}: {'v' * 1_000}" for n in range(10_000)], "Content-Length: 0")),
        "too-large",
        "length",
        "headers",
    ),
    "many-cookies": Case(page(BODY, *[f"Set-Cookie: c{n}={'k' * 400}" for n in range(500)]), None),
    "a-byte-at-a-time": Case(trickle(head(HTML, "Content-Length: 5000"), BODY), "timeout", "time"),
    "headers-byte-by-byte": Case(trickle(b"", head(HTML, "X-Slow: yes")[:-2]), "timeout", "time"),
    "no-answer": Case(silent(), "timeout"),
    "claims-more": Case(
        sends(head(HTML, f"Content-Length: {len(BODY) + 9_999}"), BODY, close=True), None, "disconnect"
    ),
    "claims-less": Case(sends(head(HTML, f"Content-Length: {len(BODY) - 40}"), BODY, close=True), None),
    "claims-nonsense": Case(sends(head(HTML, "Content-Length: -5"), BODY, close=True), None),
    "claims-two-lengths": Case(
        sends(head(HTML, "Content-Length: 5", "Content-Length: 6"), BODY, close=True),
        "connection-lost",
        "unspecified",
    ),
    "gzip-bomb": Case(bomb(gzip_bomb, "gzip"), "too-large"),
    "brotli-bomb": Case(bomb(lambda length: brotli.compress(bytes(length), quality=1), "br"), "too-large"),
    "zstd-bomb": Case(bomb(lambda length: zstd.compress(bytes(length), 1), "zstd"), "too-large"),
    "bomb-in-a-bomb": Case(
        bomb(lambda length: gzip.compress(gzip_bomb(length), mtime=0), "gzip, gzip"), "too-large"
    ),
    "gzip-fifty-times": Case(
        page(BODY, f"Content-Encoding: {', '.join(['gzip'] * 50)}"), "too-large", overlong="codings"
    ),
    "no-gzip": Case(page(b"this is no gzip", "Content-Encoding: gzip"), "BadGzipFile"),
    "no-http": Case(
        sends(b"<html>HTTP/0.9 is long gone</html>\r\n", close=True), "connection-lost", "unspecified"
    ),
    "nonsense": Case(sends(bytes(range(256)) * 40, close=True), "connection-lost", "unspecified"),
    "hangs-up": Case(reset(), "connection-lost"),
    "closes-each-time": Case(sends(head(HTML, "Connection: close") + BODY, close=True), None),
}


def path(name: str) -> str:
    return f"/2026/05/02/a-story-of-{name}/"


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    table = paper({path(name): case.reply for name, case in CASES.items()})
    with HostileServer(table) as server:
        yield crawled(
            tmp_path_factory.mktemp("answers"),
            f"{HOST}:80:127.0.0.1:{server.port}",
            DOWNLOAD_MAXSIZE=str(MAX_BYTES),
            DOWNLOAD_TIMEOUT="8",
        )


def test_every_good_article_is_stored(outcome: Outcome) -> None:
    assert outcome.good() == set(GOOD)


def test_failures_are_counted_by_reason(outcome: Outcome) -> None:
    reasons = [case.reason for case in CASES.values() if case.reason]
    assert outcome.stats["failed"] == {reason: reasons.count(reason) for reason in sorted(set(reasons))}
    overlong = [case.overlong for case in CASES.values() if case.overlong]
    for what in set(overlong):
        assert outcome.counters[f"capture/overlong/{what}"] == overlong.count(what)


def test_failures_give_exit_code_1(outcome: Outcome) -> None:
    assert outcome.code == 1
    assert "pages could not be fetched" in outcome.log


def test_memory_is_bounded(outcome: Outcome) -> None:
    assert outcome.peak < MAX_MEMORY_BYTES, f"{outcome.peak:,}"


@pytest.mark.parametrize("name", CASES)
def test_records_of_a_hostile_response(outcome: Outcome, name: str) -> None:
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
    assert all(len(record.block) < 3 * MAX_BYTES for record in kept)


def test_bombs_are_archived_packed(outcome: Outcome) -> None:
    [record] = outcome.of("response", path("gzip-bomb"))
    assert record.block.endswith(gzip_bomb(BOMB_BYTES))
