"""What a crash leaves, cut at every place where it can be cut."""

import asyncio
import gzip
import hashlib
import re
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from crawler.archive.recorder import Recorder
from crawler.archive.repair import FileInUseError, Repaired, repair, repair_spool
from crawler.archive.responses import read_responses
from crawler.archive.warc_file import ClosedWarc
from tests.archive.recording import RUN_ID, exchange, files, record_all, recorder


def recorded(spool: Path, count: int = 3) -> ClosedWarc:
    closed: list[ClosedWarc] = []
    exchanges = [exchange(number, Random(number).randbytes(50)) for number in range(count)]  # noqa: S311
    asyncio.run(record_all(recorder(spool, closed), exchanges))
    return closed[0]


def crashed(closed: ClosedWarc, data: bytes) -> Path:
    """The state of the spool had the writer died with these bytes on disk."""
    opened = closed.path.with_name(closed.path.name + ".open")
    opened.write_bytes(data)
    closed.path.unlink(missing_ok=True)
    closed.cdxj.path.unlink(missing_ok=True)
    return opened


def test_every_cut(tmp_path: Path) -> None:
    original = recorded(tmp_path)
    data, index = original.path.read_bytes(), original.cdxj.path.read_bytes()
    offsets = [start for start in range(len(data)) if data[start : start + 3] == b"\x1f\x8b\x08"]
    members = [offset for offset in offsets if is_whole(data[:offset])]
    ends = [end for start, end in pairwise((0, *members, len(data))) if ends_event(data[start:end])]
    for size in sorted({*range(0, len(data), 7), *ends, len(data) - 1}):
        opened = crashed(original, data[:size])
        (done,) = repair_spool(tmp_path)
        end = max(each for each in ends if each <= size)
        assert done.path == opened
        assert_cut(done, data[:size], end)
        if end == len(data):
            assert done.closed == original
            assert original.cdxj.path.read_bytes() == index
        for path in files(tmp_path):
            path.unlink()


def ends_event(member: bytes) -> bool:
    """Whether no record of the same exchange follows; also what is empty."""
    kind = re.search(rb"WARC-Type: (\w+)", gzip.decompress(member))
    return kind is None or kind[1] not in {b"response", b"request"}


def is_whole(data: bytes) -> bool:
    try:
        gzip.decompress(data)
    except EOFError:
        return False
    return True


def assert_cut(done: Repaired, found: bytes, end: int) -> None:
    assert done.cut == len(found) - end
    kept = b""
    if done.closed is not None:
        kept = done.closed.path.read_bytes()
        assert done.closed.size == len(kept)
        assert done.closed.sha256 == hashlib.sha256(kept).hexdigest()
        assert done.closed.cdxj.lines == len(list(read_responses(done.closed.path)))
    torn = done.torn.read_bytes() if done.torn else b""
    assert kept + torn == found
    assert not done.path.exists()


def test_noise_inside_ends_the_file(tmp_path: Path) -> None:
    original = recorded(tmp_path)
    data = bytearray(original.path.read_bytes())
    middle = list(read_responses(original.path))[1]
    data[middle.offset + 60] ^= 0xFF
    (done,) = [repair(crashed(original, bytes(data)), spool=tmp_path)]
    assert done.closed is not None
    assert done.closed.size == middle.offset
    assert_cut(done, bytes(data), middle.offset)


def test_a_lost_index_is_written_again(tmp_path: Path) -> None:
    original = recorded(tmp_path)
    index = original.cdxj.path.read_bytes()
    assert repair_spool(tmp_path) == []
    original.cdxj.path.unlink()
    (done,) = repair_spool(tmp_path)
    assert done == Repaired(path=original.path, closed=original, cut=0, torn=None)
    assert original.cdxj.path.read_bytes() == index


def test_a_file_in_use_is_left_alone(tmp_path: Path) -> None:
    async def run() -> None:
        writing = Recorder(tmp_path, site="s", run_id=RUN_ID, info={}, on_closed=lambda _: None)
        await writing.record(exchange())
        assert repair_spool(tmp_path) == []
        (opened,) = files(tmp_path)
        with pytest.raises(FileInUseError, match="still running"):
            repair(opened, spool=tmp_path)
        await writing.close()

    asyncio.run(run())
    assert [path.suffix for path in files(tmp_path)] == [".cdxj", ".gz"]
