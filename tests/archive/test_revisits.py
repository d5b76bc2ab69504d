"""What is in the archive already is not written again: which exchanges become revisits, and what they say."""

import asyncio
import dataclasses
import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest

from crawler.archive.exchange import Exchange
from crawler.archive.originals import Original, RecentOriginals
from crawler.archive.recorder import Recorded, Recorder
from crawler.archive.repair import repair
from crawler.archive.responses import read_responses
from crawler.items import RecordPointer
from tests.archive.reading import Record, read_warc
from tests.archive.recording import RUN_ID, STARTED, exchange, recorder
from tests.capture.running import crawl
from tests.servers.paper import Answer, open_paper

BODY = b"<rss>" + b"x" * 300 + b"</rss>"
URI = "http://example.com/feed"
DIGEST = f"sha256:{hashlib.sha256(BODY).hexdigest()}"
NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "\xd8\xa3 50%"\r\nDate: now\r\n\r\n'
ELSEWHERE = RecordPointer(
    warc_file="warc/s/2026/11/W.warc.gz",
    warc_offset=4,
    warc_length=5,
    warc_record_id="<urn:uuid:6>",
    payload_digest=DIGEST,
)


def seen(number: int, body: bytes = BODY, **changes: Any) -> Exchange:
    return exchange(number, body, **{"uri": URI, **changes})


def written(folder: Path, exchanges: Iterable[Exchange], **changes: Any) -> list[Recorded | None]:
    async def run() -> list[Recorded | None]:
        writing = recorder(folder, **{"originals": RecentOriginals(), **changes})
        recorded = [await writing.record(each) for each in exchanges]
        await writing.close()
        return recorded

    return asyncio.run(run())


def captures(folder: Path) -> list[Record]:
    return [
        record
        for path in sorted(folder.rglob("*.warc.gz"))
        for record in read_warc(path)
        if record.kind in {"response", "revisit"}
    ]


def test_the_same_payload_is_kept_once(tmp_path: Path) -> None:
    later = seen(
        9, response=b"HTTP/1.1 200 OK\r\nDate: later\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
    )
    first, second = written(tmp_path, [seen(1), later])
    assert first is not None
    assert second == Recorded(pointer=first.pointer, held_since=STARTED + timedelta(seconds=1))
    assert (first.revisited, second.revisited) == (False, True)
    _, response, _, _, revisit, request, metadata, _ = read_warc(next(tmp_path.rglob("*.warc.gz")))
    assert revisit.kind == "revisit"
    assert revisit.block == later.response[: -len(BODY)], "the head as it was served this time"
    assert revisit.value("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert revisit.value("WARC-Refers-To") == response.value("WARC-Record-ID") == first.pointer.warc_record_id
    assert revisit.value("WARC-Refers-To-Target-URI") == URI
    assert revisit.value("WARC-Refers-To-Date") == response.value("WARC-Date")
    assert revisit.value("WARC-Truncated") == "length"
    assert revisit.value("WARC-Payload-Digest") == response.value("WARC-Payload-Digest") == DIGEST
    assert revisit.value("WARC-Date") != response.value("WARC-Date")
    assert revisit.value("Content-Type") == "application/http; msgtype=response"
    for record in (request, metadata):
        assert record.value("WARC-Concurrent-To") == revisit.value("WARC-Record-ID")
        assert record.value("WARC-Date") == revisit.value("WARC-Date")


def chunked(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


PICTURE = {"uri": "http://cdn.example/other.png"}
REVISITS: dict[str, dict[str, Any]] = {
    "framed in another way": {"response": chunked(BODY)},
    "a page's requisite at another address": {**PICTURE, "hop": {"hops": "LE"}},
}
NO_REVISITS: dict[str, dict[str, Any]] = {
    "another address": PICTURE,
    "another payload": {"response": chunked(BODY + b" ")},
    "cut off": {"truncated": "disconnect"},
    "stopped by us": {"truncated": "length", "error": "DownloadCancelledError"},
    "bytes behind its end": {"excess": 3},
    "not found": {"response": b"HTTP/1.1 404 No\r\n\r\n" + BODY},
    "a form": {"request": b"POST / HTTP/1.1\r\n\r\n"},
    "no HTTP": {"response": BODY},
}


@pytest.mark.parametrize("changes", REVISITS.values(), ids=REVISITS)
def test_what_is_a_revisit(tmp_path: Path, changes: dict[str, Any]) -> None:
    first, second = written(tmp_path, [seen(1), seen(2, **changes)])
    assert first is not None
    assert second is not None
    assert (second.pointer, second.revisited) == (first.pointer, True)


@pytest.mark.parametrize("changes", NO_REVISITS.values(), ids=NO_REVISITS)
def test_what_is_no_revisit_and_no_original(tmp_path: Path, changes: dict[str, Any]) -> None:
    odd = seen(2, **changes)
    recorded = written(tmp_path / "second", [seen(1), odd])
    assert [each.revisited for each in recorded if each] == [False, False]
    assert captures(tmp_path / "second")[1].block == odd.response
    if "uri" not in changes and "another" not in str(changes):
        written(tmp_path / "first", [odd, seen(3)])
        kinds = [record.kind for record in captures(tmp_path / "first")]
        assert kinds == ["response", "response"], "what is doubtful is no original"


@pytest.mark.parametrize(("size", "kind"), [(0, "response"), (255, "response"), (256, "revisit")])
def test_small_payloads_are_kept_each_time(tmp_path: Path, size: int, kind: str) -> None:
    written(tmp_path, [seen(1, b"x" * size), seen(2, b"x" * size)])
    assert [record.kind for record in captures(tmp_path)] == ["response", kind]


def test_without_originals_everything_is_written(tmp_path: Path) -> None:
    written(tmp_path, [seen(1), seen(2)], originals=None)
    assert [record.kind for record in captures(tmp_path)] == ["response", "response"]


def test_originals_of_another_file_and_of_another_run(tmp_path: Path) -> None:
    known = RecentOriginals()
    [first, second] = written(tmp_path, [seen(1), seen(2)], originals=known, max_bytes=100)
    assert first is not None
    assert second is not None
    assert len(list(tmp_path.rglob("*.warc.gz"))) == 3  # one each, and one for the closing record
    [taken] = known.take()
    assert known.take() == []
    assert taken == Original(
        digest=DIGEST, uri=URI, date=STARTED + timedelta(seconds=1), pointer=first.pointer
    )
    data = json.loads(json.dumps(dataclasses.asdict(taken), default=str))
    assert Original.of(data) == Original.of(dataclasses.asdict(taken)) == taken
    asked: list[str] = []

    def older(digest: str) -> Original:
        asked.append(digest)
        return taken

    later = RecentOriginals(older=older)
    [third, fourth] = written(tmp_path / "later", [seen(3), seen(4)], originals=later)
    assert third == fourth == second
    assert asked == [DIGEST], "asked once"
    assert later.take() == []


@pytest.mark.parametrize("date", ["2026-01-01T00:00:00", "yesterday", None])
def test_what_is_told_of_no_original(date: str | None) -> None:
    data = {**dataclasses.asdict(original_of(DIGEST)), "date": date}
    with pytest.raises((TypeError, ValueError)):
        Original.of(data)


def test_memory_of_originals_is_bounded() -> None:
    known = RecentOriginals(held=2)
    originals = [original_of(f"sha256:{number}") for number in range(3)]
    known.add(originals[0])
    known.add(originals[1])
    assert known.find("sha256:0") == originals[0]  # so 1 is the longest unused
    known.add(originals[2])
    assert [known.find(f"sha256:{number}") for number in range(3)] == [originals[0], None, originals[2]]
    known.add(original_of("sha256:2", uri="http://other.example/"))
    assert known.find("sha256:2") == originals[2], "the first stays"
    assert known.take() == originals


def original_of(digest: str, uri: str = URI) -> Original:
    return Original(digest=digest, uri=uri, date=STARTED, pointer=ELSEWHERE)


def test_a_disk_that_refuses_makes_no_originals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = RecentOriginals()

    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    async def run() -> None:
        writing = recorder(tmp_path, originals=known)
        await writing.record(exchange(0))
        monkeypatch.setattr("crawler.archive.warc_file.os.write", refuse)
        await asyncio.gather(writing.record(seen(1)), return_exceptions=True)
        await writing.close()

    asyncio.run(run())
    assert known.take() == []
    assert known.find(DIGEST) is None


def test_a_304_refers_to_what_it_is_conditional_upon(tmp_path: Path) -> None:
    original = original_of(DIGEST)
    unchanged = seen(5, response=NOT_MODIFIED, not_modified=original)
    [recorded] = written(tmp_path, [unchanged], originals=None)
    assert recorded == Recorded(pointer=original.pointer, held_since=STARTED)
    _, revisit, request, metadata, _ = read_warc(next(tmp_path.rglob("*.warc.gz")))
    assert (revisit.kind, revisit.block, revisit.value("Content-Type")) == ("revisit", b"", None)
    assert revisit.value("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert revisit.value("WARC-Refers-To") == original.pointer.warc_record_id
    assert revisit.value("WARC-Refers-To-Target-URI") == URI
    assert revisit.value("WARC-Refers-To-Date") == "2026-11-21T22:55:01.123456Z"
    assert revisit.value("WARC-Payload-Digest") == DIGEST
    assert revisit.value("WARC-Truncated") is None
    assert request.value("WARC-Concurrent-To") == revisit.value("WARC-Record-ID")
    [line] = [line for line in metadata.block.split(b"\r\n") if line.startswith(b"not-modified-response: ")]
    assert unquote_to_bytes(line.partition(b": ")[2]) == NOT_MODIFIED, "byte for byte"


@pytest.mark.parametrize(
    "changes",
    [
        {"not_modified": None},
        {"not_modified": original_of(DIGEST, uri="http://example.com/before-the-redirect")},
        {"truncated": "disconnect"},
        {"response": NOT_MODIFIED.replace(b"304", b"204")},
    ],
)
def test_what_is_no_word_on_the_original(tmp_path: Path, changes: dict[str, Any]) -> None:
    odd = seen(5, **{"response": NOT_MODIFIED, "not_modified": original_of(DIGEST), **changes})
    [recorded] = written(tmp_path, [odd])
    assert recorded is not None
    assert not recorded.revisited
    [response] = captures(tmp_path)
    assert (response.kind, response.block) == ("response", odd.response)


def test_the_download_handler_passes_on_what_a_request_is_conditional_upon(tmp_path: Path) -> None:
    answers = {"/feed": Answer(status=304, headers={"ETag": '"1"'}), "/new": Answer(BODY)}
    with open_paper(answers) as paper:
        requests = []
        for path in ("/feed", "/new"):
            original = dataclasses.asdict(original_of(DIGEST, uri=paper.home + path[1:]))
            meta = {"original": {**original, "date": STARTED.isoformat()}, "handle_httpstatus_all": True}
            requests.append({"url": paper.home + path[1:], "meta": meta})
        crawled = crawl(tmp_path, requests, PRIVATE_HOSTS=["127.0.0.1"], CONCURRENT_REQUESTS=1)
    unchanged, new = crawled.outcome("/feed")["record"], crawled.outcome("/new")["record"]
    assert unchanged == {**dataclasses.asdict(ELSEWHERE), "date": STARTED.isoformat(), "revisit": True}
    assert "revisit" not in new
    assert new["payload_digest"] == DIGEST
    kinds = {record.path: record.kind for record in crawled.records if record.kind in {"response", "revisit"}}
    assert kinds == {"/feed": "revisit", "/new": "response"}


def test_repair_indexes_revisits_and_resources(tmp_path: Path) -> None:
    async def run() -> None:
        writing = Recorder(
            tmp_path,
            site="s",
            run_id=RUN_ID,
            info={},
            on_closed=lambda _: None,
            originals=RecentOriginals(),
        )
        for each in (seen(1), seen(2), seen(3, response=NOT_MODIFIED, not_modified=original_of(DIGEST))):
            await writing.record(each)
        await writing.add_resource("urn:warraq:r:settings", "application/json; x=y", b"{}")
        await writing.close()

    asyncio.run(run())
    [index] = tmp_path.rglob("*.cdxj")
    whole = index.read_bytes()
    assert whole.count(b'"mime": "warc/revisit"') == 2
    assert whole.count(b'"mime": "application/json"') == 1
    index.unlink()
    [path] = tmp_path.rglob("*.warc.gz")
    assert repair(path, spool=tmp_path).cut == 0
    assert index.read_bytes() == whole


def test_reading_a_file_yields_each_payload_once(tmp_path: Path) -> None:
    written(tmp_path, [seen(1), seen(2), seen(3, BODY + b" ")])
    [path] = tmp_path.rglob("*.warc.gz")
    assert [response.payload for response in read_responses(path)] == [BODY, BODY + b" "]
