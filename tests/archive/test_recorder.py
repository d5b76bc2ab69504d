"""The recorder without Scrapy: files, names, rotation, order, faults."""

import asyncio
import hashlib
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from crawler.archive.recorder import Recorded, Recorder
from crawler.archive.responses import read_responses
from crawler.archive.warc_file import ClosedWarc, WarcFile
from crawler.errors import ArchiveError
from tests.archive.reading import one_member, read_warc, whole_gzip
from tests.archive.recording import STARTED, exchange, files, record_all, recorder


def test_names_and_modes(tmp_path: Path) -> None:
    async def run() -> tuple[Recorded | None, list[Path], list[ClosedWarc]]:
        writing = recorder(tmp_path)
        recorded = await writing.record(exchange())
        opened = files(tmp_path)
        return recorded, opened, await writing.close()

    recorded, opened, (closed,) = asyncio.run(run())
    assert recorded is not None
    assert (recorded.pointer.warc_file, recorded.revisited) == (closed.key, False)
    today = datetime.now(UTC)
    assert closed.key.startswith(f"warc/step_agency/{today:%Y}/")
    assert closed.key.endswith("-00000-9f3a1c.warc.gz")
    assert [path.name for path in opened] == [closed.path.name + ".open"]
    assert stat.S_IMODE(closed.path.stat().st_mode) == 0o644
    assert closed.cdxj.key == closed.key.replace("warc/", "cdxj/").replace(".warc.gz", ".cdxj")
    assert closed.cdxj.lines == 1
    assert closed.cdxj.sha256 == hashlib.sha256(closed.cdxj.path.read_bytes()).hexdigest()
    assert (closed.first_date, closed.last_date > closed.first_date) == (STARTED, True)


def test_nothing_recorded_no_file(tmp_path: Path) -> None:
    async def run() -> list[ClosedWarc]:
        return await recorder(tmp_path).close()

    assert asyncio.run(run()) == []
    assert list(tmp_path.iterdir()) == []


def test_rotation(tmp_path: Path) -> None:
    announced: list[ClosedWarc] = []
    noise = Random(1)  # noqa: S311

    async def run() -> list[Recorded | None]:
        writing = recorder(tmp_path, announced, max_bytes=20_000)
        return await record_all(writing, [exchange(n, noise.randbytes(6_000)) for n in range(10)])

    pointers = [recorded.pointer for recorded in asyncio.run(run()) if recorded]
    assert len(pointers) == 10
    serials = [closed.key.split("-")[-2] for closed in announced]
    assert serials == ["00000", "00001", "00002", "00003"]
    assert len({pointer.warc_file for pointer in pointers}) == len(announced)
    for closed in announced:
        records = read_warc(closed.path)
        assert records[0].kind == "warcinfo"
        assert closed.sha256 == hashlib.sha256(closed.path.read_bytes()).hexdigest()
    for pointer in pointers:
        member = one_member(tmp_path / pointer.warc_file, pointer.warc_offset, pointer.warc_length)
        assert pointer.warc_record_id.encode() in member


def test_a_hostile_value_is_no_field(tmp_path: Path) -> None:
    found = exchange(hop={"via": "http://x/\r\nhopsFromSeed: EVIL", "source": "s\x00\u2028t"}, error="a\nb")
    asyncio.run(record_all(recorder(tmp_path), [found]))
    (path,) = tmp_path.rglob("*.warc.gz")
    warcinfo, _, _, metadata, _ = read_warc(path)
    assert warcinfo.block.startswith(b"format: replaced evil: yes\r\n")
    assert metadata.block == (
        b"via: http://x/ hopsFromSeed: EVIL\r\nfetchTimeMs: 25\r\nsource: s t\r\nerror: a b\r\n"
    )


def test_no_answer_no_pointer(tmp_path: Path) -> None:
    unsent = exchange(1, request=b"", response=b"", error="CannotResolveHostError: no such host")
    sent = exchange(2, response=b"", error="DownloadTimeoutError: too slow")
    hinted = exchange(3, response=b"HTTP/1.1 103 Early Hints\r\n\r\n", truncated="disconnect")
    pointers = asyncio.run(record_all(recorder(tmp_path), [unsent, sent, hinted]))
    assert pointers == [None, None, None]
    (path,) = tmp_path.rglob("*.warc.gz")
    kinds = [record.kind for record in read_warc(path)]
    assert kinds == ["warcinfo", "metadata", "request", "metadata", "request", "metadata", "metadata"]


def test_a_caller_that_gives_up_tears_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        writing = recorder(tmp_path)
        task = asyncio.ensure_future(writing.record(exchange(0, bytes(3_000_000))))
        await asyncio.sleep(0)
        task.cancel()
        await writing.record(exchange(1))
        await writing.close()

    asyncio.run(run())
    (path,) = tmp_path.rglob("*.warc.gz")
    assert [(r.uri[-1], len(r.payload)) for r in read_responses(path)] == [("0", 3_000_000), ("1", 2)]


class FullDisk:
    """os.write, until a number of bytes is reached."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.write = os.write

    def __call__(self, descriptor: int, data: memoryview) -> int:
        if self.room <= 0:
            raise OSError(28, "No space left on device")
        written = self.write(descriptor, data[: self.room])
        self.room -= written
        return written


@pytest.mark.parametrize("room", [0, 100, 1_500, 5_000])
def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    monkeypatch.setattr("crawler.archive.warc_file.os.write", FullDisk(room))
    noise = Random(2)  # noqa: S311

    async def run() -> tuple[list[Recorded | BaseException | None], list[ClosedWarc], Recorder]:
        writing = recorder(tmp_path)
        tasks = [writing.record(exchange(n, noise.randbytes(400))) for n in range(9)]
        results = await asyncio.gather(*tasks, return_exceptions=True)
        return results, await writing.close(), writing

    results, closed, writing = asyncio.run(run())
    errors = [result for result in results if isinstance(result, BaseException)]
    assert errors
    assert {(type(error), str(error)) for error in errors} == {
        (ArchiveError, f"The spool {tmp_path} cannot be written: No space left on device.")
    }
    assert str(writing.failure) == str(errors[0])
    kept = len(results) - len(errors)
    assert isinstance(results[kept], ArchiveError), "nothing may be written after the first fault"
    assert len(closed) == (room > 1_000)
    for each in closed:
        whole_gzip(each.path)
        assert each.sha256 == hashlib.sha256(each.path.read_bytes()).hexdigest()
        assert len(list(read_responses(each.path))) == kept
    assert not list(tmp_path.rglob("*.open"))


def test_a_name_is_used_once(tmp_path: Path) -> None:
    key = "warc/s/2026/11/W.warc.gz"
    file = WarcFile(tmp_path, key)
    with pytest.raises(FileExistsError):
        WarcFile(tmp_path, key)
    file.discard()
    file.path.touch()
    with pytest.raises(FileExistsError):
        WarcFile(tmp_path, key)
