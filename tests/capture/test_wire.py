"""The bytes that servers sent and received equal the bytes in the WARC file."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.archive.reading import entity_body, one_member, whole_gzip
from tests.capture.answers import PAGE, SCRIPT
from tests.capture.running import Crawled, crawl
from tests.servers.raw import RawServer

ALL = {"handle_httpstatus_all": True}
REQUESTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/odd", {"meta": {"hop": {"via": "http://x.example/feed", "hops": "E", "source": "feed"}}}),
    ("/chunked-gzip", {}),
    ("/no-colon", {}),
    ("/line-feeds", {}),
    ("/crooked-head", {}),
    ("/crooked-length", {}),
    ("/crooked-chunks", {}),
    ("/http-1.0", {}),
    ("/no-reason", {}),
    ("/early-hints", {}),
    ("/short-body", {}),
    ("/lossy", {"meta": {"download_fail_on_dataloss": False}}),
    ("/short-chunk", {}),
    ("/short-head", {}),
    ("/excess", {}),
    ("/moved", {"meta": {"hop": {"via": "http://x.example/", "hops": "L"}}}),
    ("/204", {"meta": ALL}),
    ("/304", {"meta": ALL}),
    ("/503", {}),
    ("/head", {"method": "HEAD"}),
    ("/empty", {}),
    ("/form", {"method": "POST", "body": "س=خبر", "headers": {"Content-Type": "text/plain"}}),
    ("/too-big", {}),
    ("/too-big-chunked", {}),
    ("/hangs", {"meta": {"download_timeout": 0.5}}),
    ("/silent", {"meta": {"download_timeout": 0.5}}),
    ("/hangs-up", {}),
    ("/no-http", {}),
    ("/keeps", {"headers": {"Cookie": "session=secret", "Authorization": "Basic c2VjcmV0"}}),
    ("/stale", {}),
    ("/stopped", {"meta": {"stop": "keep"}}),
    ("/stopped", {"meta": {"stop": "fail"}}),
)
TRUNCATED = {
    "/short-body": "disconnect",
    "/lossy": "disconnect",
    "/short-chunk": "disconnect",
    "/short-head": "disconnect",
    "/too-big": "length",
    "/too-big-chunked": "length",
    "/hangs": "time",
    "/no-http": "unspecified",
    "/stopped": "unspecified",
}
CUT_SHORT_BY_US = {"/too-big", "/too-big-chunked", "/stopped"}  # the server may have sent more than arrived
INTERIM = {"/early-hints": 2}
NO_ANSWER = {"/silent", "/hangs-up"}
NO_PAYLOAD = {"/204", "/304", "/head", "/no-http", "/short-head"}
SECRETS = b"session=secret", b"c2VjcmV0"


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    with RawServer(SCRIPT) as server:
        yield server


@pytest.fixture(scope="module")
def crawled(server: RawServer, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """One request at a time, so that the second one of two finds the connection of the first."""
    home = f"http://127.0.0.1:{server.port}"
    return crawl(
        tmp_path_factory.mktemp("wire"),
        [{"url": home + path, **options} for path, options in REQUESTS],
        PRIVATE_HOSTS=["127.0.0.1"],
        CONCURRENT_REQUESTS=1,
        DOWNLOAD_MAXSIZE=400_000,
        ROBOTSTXT_OBEY=True,
    )


def paths() -> list[str]:
    return sorted({*(path for path, _ in REQUESTS), "/robots.txt", "/arrived?from=%D8%AE%D8%A8%D8%B1"})


@pytest.mark.parametrize("path", paths())
def test_requests_are_what_the_server_heard(server: RawServer, crawled: Crawled, path: str) -> None:
    heard = [exchange.request for exchange in server.sent_to(path)]
    kept = [record.block for record in crawled.of("request", path)]
    if path == "/keeps":
        assert [without_secrets(request) for request in heard] == kept
        assert all(secret in heard[0] for secret in SECRETS)
    else:
        assert heard == kept
    assert heard


def without_secrets(request: bytes) -> bytes:
    lines = request.split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.startswith((b"Cookie:", b"Authorization:")))


@pytest.mark.parametrize("path", paths())
def test_responses_are_what_the_server_sent(server: RawServer, crawled: Crawled, path: str) -> None:
    sent = [without_interim(bytes(heard.sent), INTERIM.get(path, 0)) for heard in server.sent_to(path)]
    sent = [answer for answer in sent if answer]
    kept = [record.block for record in crawled.of("response", path)]
    if path == "/excess":
        assert [answer.removesuffix(b"GARBAGE-AFTER-THE-END") for answer in sent] == kept
    elif path in CUT_SHORT_BY_US:
        assert kept
        assert all(
            answer.startswith(block) and len(block) > 50 for answer, block in zip(sent, kept, strict=True)
        )
    else:
        assert sent == kept
    assert bool(kept) == (path not in NO_ANSWER)


def without_interim(sent: bytes, count: int) -> bytes:
    for _ in range(count):
        sent = sent.partition(b"\r\n\r\n")[2]
    return sent


@pytest.mark.parametrize("path", paths())
def test_the_reason_of_a_truncation_is_recorded(crawled: Crawled, path: str) -> None:
    assert {r.value("WARC-Truncated") for r in crawled.of("response", path)} <= {TRUNCATED.get(path)}


@pytest.mark.parametrize("path", paths())
def test_digests(crawled: Crawled, path: str) -> None:
    for record in (*crawled.of("response", path), *crawled.of("request", path)):
        assert record.value("WARC-Block-Digest") == f"sha256:{hashlib.sha256(record.block).hexdigest()}"
    for record in crawled.of("response", path):
        payload = None if path in NO_PAYLOAD else hashlib.sha256(entity_body(record.block)).hexdigest()
        assert record.value("WARC-Payload-Digest") == (payload and f"sha256:{payload}")


@pytest.mark.parametrize("path", paths())
def test_the_records_of_an_event_belong_together(crawled: Crawled, path: str) -> None:
    warcinfo = crawled.records[0].value("WARC-Record-ID")
    for metadata in crawled.of("metadata", path):
        event = [r for r in crawled.records if r.value("WARC-Date") == metadata.value("WARC-Date")]
        first = event[0].value("WARC-Record-ID")
        assert [r.kind for r in event] in (["response", "request", "metadata"], ["request", "metadata"])
        assert [r.values("WARC-Concurrent-To") for r in event[1:]] == [[first]] * (len(event) - 1)
        assert {r.value("WARC-Warcinfo-ID") for r in event} == {warcinfo}
        assert {r.value("WARC-IP-Address") for r in event[:-1]} == {"127.0.0.1"}
        assert [r.values("WARC-Protocol") for r in event[:-1]] == [
            ["http/1.0" if path == "/http-1.0" else "http/1.1"]
        ] * (len(event) - 1)


def test_pointers_lead_to_the_record(crawled: Crawled) -> None:
    found = 0
    for outcome in crawled.outcomes:
        pointer = outcome["record"]
        if "warc_file" not in pointer:
            continue
        found += 1
        assert crawled.warc.as_posix().endswith(pointer["warc_file"])
        member = one_member(crawled.warc, pointer["warc_offset"], pointer["warc_length"])
        assert f"WARC-Record-ID: {pointer['warc_record_id']}\r\n".encode() in member
        digest = pointer["payload_digest"]
        assert (b"WARC-Payload-Digest" in member) == bool(digest)
        assert (digest or "").encode() in member
    assert found == len(crawled.outcomes) - len(NO_ANSWER)


def test_what_the_spider_gets_is_what_scrapy_gives(crawled: Crawled) -> None:
    expected = {
        "/short-body": "ResponseDataLossError",
        "/short-chunk": "ResponseDataLossError",
        "/short-head": "DownloadFailedError",
        "/too-big": "DownloadCancelledError",
        "/too-big-chunked": "DownloadCancelledError",
        "/hangs": "DownloadTimeoutError",
        "/silent": "DownloadTimeoutError",
        "/hangs-up": "DownloadFailedError",
        "/no-http": "DownloadFailedError",
        "/503": "HttpError",
    }
    assert {path: crawled.outcome(path).get("error") for path in expected} == expected
    errors = [outcome["error"] for outcome in crawled.outcomes if "error" in outcome]
    assert sorted(errors) == sorted([*expected.values(), "StopDownload"])
    assert crawled.outcome("/lossy")["flags"] == ["dataloss"]


@pytest.mark.parametrize("path", ["/crooked-head", "/crooked-length", "/crooked-chunks"])
def test_the_spider_gets_what_browsers_show(crawled: Crawled, path: str) -> None:
    assert crawled.outcome(path)["status"] == 200
    assert crawled.outcome(path)["length"] == len(PAGE)


def test_the_file_matches_its_own_digest_and_counts(crawled: Crawled) -> None:
    (closed,) = crawled.closed
    data = crawled.warc.read_bytes()
    assert closed["sha256"] == hashlib.sha256(data).hexdigest()
    assert closed["size"] == len(data)
    assert closed["records"] == len(crawled.records)
    whole_gzip(crawled.warc)
    assert not list(crawled.warc.parent.glob("*.open"))


def test_no_credential_is_kept(crawled: Crawled) -> None:
    assert not any(secret in whole_gzip(crawled.warc) for secret in SECRETS)
    (request,) = crawled.of("request", "/keeps")
    assert request.value("Warraq-Redacted-Headers") in {"authorization, cookie", "cookie, authorization"}


def test_a_closed_connection_has_records_of_its_own(server: RawServer, crawled: Crawled) -> None:
    first, second = crawled.of("metadata", "/stale")
    assert b"sent again" in first.block
    assert b"superseded: 1\r\n" in second.block
    assert [len(heard.sent) > 0 for heard in server.sent_to("/stale")] == [False, True]
    assert len(crawled.of("response", "/stale")) == 1


def test_metadata_says_how_a_page_was_found(crawled: Crawled) -> None:
    (odd,) = crawled.of("metadata", "/odd")
    assert odd.block.startswith(b"via: http://x.example/feed\r\nhopsFromSeed: E\r\nfetchTimeMs: ")
    assert b"source: feed\r\n" in odd.block
    (robots,) = crawled.of("metadata", "/robots.txt")
    assert b"hopsFromSeed: P\r\n" in robots.block
    (arrived,) = crawled.of("metadata", "/arrived?from=%D8%AE%D8%A8%D8%B1")
    assert b"hopsFromSeed: LR\r\n" in arrived.block
    assert b"/moved\r\n" in arrived.block.splitlines(keepends=True)[0]
    (hints,) = crawled.of("metadata", "/early-hints")
    assert b"interim: HTTP/1.1 103 Early Hints\r\ninterim: HTTP/1.1 100 Continue\r\n" in hints.block
    (excess,) = crawled.of("metadata", "/excess")
    assert b"excess-bytes: 21\r\n" in excess.block
    silent = crawled.of("metadata", "/silent")
    assert [b"error: DownloadTimeoutError: " in record.block for record in silent] == [True, True]


def test_warcinfo(crawled: Crawled) -> None:
    warcinfo = crawled.records[0]
    assert warcinfo.kind == "warcinfo"
    assert warcinfo.value("WARC-Filename") == crawled.warc.name
    assert "operator: الأرشيف\r\n".encode() in warcinfo.block
    assert b"isPartOf: 20261121225500-wire-9f3a1c\r\n" in warcinfo.block
    assert warcinfo.values("WARC-Target-URI") == warcinfo.values("WARC-Payload-Digest") == []


def test_stats(server: RawServer, crawled: Crawled) -> None:
    assert crawled.stats["capture/exchanges"] == len(server.heard)
    assert crawled.stats["capture/bytes_sent"] == sum(len(heard.request) for heard in server.heard)
    assert crawled.stats["capture/superseded"] == 1
    truncated = {key: value for key, value in crawled.stats.items() if key.startswith("capture/truncated/")}
    assert truncated == {
        "capture/truncated/disconnect": 7,
        "capture/truncated/length": 2,
        "capture/truncated/time": 2,
        "capture/truncated/unspecified": 4,
    }
