"""Files of random bytes: verify reads all of them, ends, and says what is wrong."""

import gzip
import hashlib
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive.manifest import ManifestFile
from crawler.storage import open_storage
from crawler.verify.articles import check_articles
from crawler.verify.faults import Findings
from crawler.verify.index import check_index
from crawler.verify.pointers import Pointers
from crawler.verify.table import Table, open_table
from crawler.verify.warc import check_warc
from tests.verify.building import build

INDEX = "cdxj/a/2026/11/A-20261121220000-00000-000000.cdxj"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("whole")
    archive = build(folder / "archive", folder / "spool", runs=1)
    return archive.path(archive.runs[0].warc).read_bytes()


def checked(data: bytes, promised: ManifestFile | None = None) -> Findings:
    findings = Findings("warc/a/b.warc.gz")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        check_warc(BytesIO(data), findings, promised, path)
        with open_table(path) as table:
            offsets = [place.offset for place in table]
    assert offsets == sorted(offsets)
    assert findings.counts["bytes"] == len(data)
    return findings


@given(
    at=st.integers(0, 10**6), cut=st.integers(0, 5_000), new=st.binary(max_size=400), seed=st.integers(0, 9)
)
def test_a_file_with_a_piece_of_it_replaced(whole: bytes, at: int, cut: int, new: bytes, seed: int) -> None:
    at %= len(whole)
    noise = Random(seed).randbytes(200) if seed > 4 else b""  # noqa: S311
    data = whole[:at] + new + noise + whole[at + cut :]
    promised = ManifestFile(key="x", size=len(whole), sha256=hashlib.sha256(whole).hexdigest())
    assert bool(checked(data, promised).faults) == (data != whole)


@given(
    st.lists(
        st.binary(max_size=300) | st.sampled_from([b"WARC/1.1\r\n", b"\r\n\r\n", b"Content-Length: 5\r\n"])
    )
)
def test_members_of_anything(parts: list[bytes]) -> None:
    packed = b"".join(gzip.compress(part) for part in parts)
    assert bool(checked(packed).faults) == bool(parts)
    joined = b"".join(parts)
    assert checked(gzip.compress(joined)).faults
    assert bool(checked(joined).faults) == bool(joined)


@pytest.mark.parametrize("repeat", [b"\x1f\x8b\x08", b"\x1f\x8b\x08\x00" + bytes(6), b"\x1f", b"\n"])
def test_a_file_of_nothing_but_beginnings(repeat: bytes) -> None:
    assert checked(repeat * 200_000).faults


def test_a_head_without_an_end() -> None:
    endless = gzip.compress(b"WARC/1.1\r\n" + b"X: y\r\n" * 1_000_000)
    assert [fault.code.value for fault in checked(endless).faults] == ["broken-record"]


@given(
    st.lists(
        st.binary(max_size=80)
        | st.sampled_from(
            [
                b"a 20261121220000 {}",
                b"a 20261121220000 []",
                b'a 1 {"offset":"1e9","length":"1"}',
                b'a 1 {"offset":1e99,"length":null,"url":1,"status":[],"filename":{}}',
                b'a 1 {"offset":Infinity,"length":"1","url":"u","status":"200","filename":"f"}',
                b'a 1 {"offset":"99999999999999999999","length":"1","url":"u","status":"200","filename":"f"}',
                b"a 1 " + b"[" * 5_000,
            ]
        )
    )
)
def test_index_lines_of_anything(lines: list[bytes]) -> None:
    findings = Findings(INDEX)
    data = b"".join(line + b"\n" for line in lines)
    check_index(BytesIO(data), findings, None, Table(b""))
    assert findings.counts["bytes"] == len(data)
    assert bool(findings.faults) == bool(data)


@given(st.binary(max_size=500), st.booleans())
def test_tables_of_anything(data: bytes, framed: bool) -> None:  # noqa: FBT001
    findings = Findings("articles/site=a/month=unknown/x.parquet")
    with TemporaryDirectory() as folder, Pointers(open_storage(folder), Path(folder)) as pointers:
        check_articles(BytesIO(b"PAR1" + data + b"PAR1" if framed else data), findings, None, pointers)
    assert {fault.code.value for fault in findings.faults} == {"broken-table"}
