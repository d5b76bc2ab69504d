"""What every place to keep things does: a folder, Swift over HTTP, Swift behind TLS."""

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ArchiveError
from crawler.storage import Entry, Storage, Stored
from crawler.storage.base import checked_key
from tests.storage.conftest import Sample

KEY = "warc/sana/2026/11/WARRAQ-sana-20261121225500-00001-9f3a1c.warc.gz"
ARABIC = "ورّاق: كان الورّاقون ينسخون الكتب ويبيعونها في بغداد.\n".encode() * 40


def test_what_was_put_comes_back(storage: Storage, sample: Sample) -> None:
    path, digest = sample(ARABIC)
    storage.check()

    stored = storage.put(KEY, path, digest)

    assert stored == Stored(KEY, len(ARABIC), digest)
    with storage.open(KEY) as stream:
        assert stream.read() == ARABIC
    assert path.read_bytes() == ARABIC, "the spool's copy is the outbox's to remove"


def test_a_check_leaves_nothing(storage: Storage) -> None:
    storage.check()
    storage.check()

    assert list(storage.list()) == []


def test_the_same_bytes_twice_are_one_success(storage: Storage, sample: Sample) -> None:
    path, digest = sample(ARABIC)

    assert storage.put(KEY, path, digest) == storage.put(KEY, path, digest)
    assert list(storage.list()) == [Entry(KEY, len(ARABIC))]


def test_nothing_is_overwritten(storage: Storage, sample: Sample) -> None:
    storage.put(KEY, *sample(ARABIC))

    with pytest.raises(ArchiveError, match="already holds other bytes"):
        storage.put(KEY, *sample(b"another"))

    with storage.open(KEY) as stream:
        assert stream.read() == ARABIC


def test_a_checkpoint_takes_the_place_of_an_older_one(storage: Storage, sample: Sample) -> None:
    key = "ledger/sana.sqlite"
    storage.put(key, *sample(b"monday"), replace=True)

    stored = storage.put(key, *sample(b"tuesday"), replace=True)

    assert stored.size == len(b"tuesday")
    with storage.open(key) as stream:
        assert stream.read() == b"tuesday"


def test_a_file_that_is_not_what_it_is_said_to_be_is_refused(storage: Storage, sample: Sample) -> None:
    path, _ = sample(ARABIC)
    wrong = hashlib.sha256(b"something else").hexdigest()

    with pytest.raises(ArchiveError, match="changed or damaged"):
        storage.put(KEY, path, wrong)

    assert list(storage.list()) == []


def test_a_missing_file_is_named(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"nothing|no such|No such"):
        storage.put(KEY, tmp_path / "nothing", "0" * 64)


@pytest.mark.parametrize(
    ("start", "length", "wanted"),
    [
        (0, None, b"0123456789"),
        (0, 4, b"0123"),
        (3, 4, b"3456"),
        (3, None, b"3456789"),
        (9, 1, b"9"),
        (8, 100, b"89"),
        (5, 0, b""),
    ],
)
def test_ranges(storage: Storage, sample: Sample, start: int, length: int | None, wanted: bytes) -> None:
    storage.put(KEY, *sample(b"0123456789"))

    with storage.open(KEY, start, length) as stream:
        assert stream.read() == wanted


def test_a_range_beyond_the_end_is_refused(storage: Storage, sample: Sample) -> None:
    storage.put(KEY, *sample(b"0123456789"))

    with pytest.raises(ArchiveError):
        storage.open(KEY, 10, 1)


def test_an_empty_file(storage: Storage, sample: Sample) -> None:
    storage.put(KEY, *sample(b""))

    assert list(storage.list()) == [Entry(KEY, 0)]
    for length in (None, 5):
        with storage.open(KEY, 0, length) as stream:
            assert stream.read() == b""


def test_a_file_larger_than_one_reading(storage: Storage, sample: Sample) -> None:
    content = b"".join(hashlib.sha256(number.to_bytes(4)).digest() for number in range(100_000))
    path, digest = sample(content)

    assert storage.put(KEY, path, digest).sha256 == digest
    with storage.open(KEY, 3_000_000) as stream:
        assert stream.read() == content[3_000_000:]


def test_a_missing_key_is_named(storage: Storage) -> None:
    storage.check()

    with pytest.raises(ArchiveError, match=r"warc/none.*no such file"):
        storage.open("warc/none")


def test_listings(storage: Storage, sample: Sample) -> None:
    keys = ["a-b", "a/b/c", "a/d", "a0", "b=1/c"]
    for key in reversed(keys):
        storage.put(key, *sample(key.encode()))

    assert [entry.key for entry in storage.list()] == keys
    assert [entry.key for entry in storage.list("a")] == keys[:4]
    assert [entry.key for entry in storage.list("a/")] == keys[1:3]
    assert list(storage.list("a/b/")) == [Entry("a/b/c", 5)]
    assert list(storage.list("none/")) == []
    assert list(storage.list_names()) == ["a-b", "a/", "a0", "b=1/"]
    assert list(storage.list_names("a/")) == ["b/", "d"]
    assert list(storage.list_names("none/")) == []


def test_names_that_are_refused(storage: Storage, sample: Sample) -> None:
    parts = [
        "",
        "/a",
        "a/",
        "a//b",
        "..",
        "a/../b",
        ".a",
        "a/.b",
        "a b",
        "a\nb",
        "a\n",
        "أ",
        "a?b",
        "a\\b",
        "a%2Fb",
    ]
    too_long = ["a" * 256, "/".join(["a" * 200] * 6)]

    for key in parts + too_long:
        with pytest.raises(ArchiveError, match="cannot be a name"):
            storage.put(key, *sample(b"x"))
        with pytest.raises(ArchiveError, match="cannot be a name"):
            storage.open(key)
    with pytest.raises(ArchiveError, match="cannot be a name"):
        next(storage.list("../"))
    with pytest.raises(ArchiveError, match="names no folder"):
        next(storage.list_names("warc"))


@given(st.text(max_size=40))
def test_a_key_never_leaves_its_folder(key: str) -> None:
    try:
        checked = checked_key(key)
    except ArchiveError:
        return
    path = Path("/root-of-the-archive") / checked
    assert path.is_relative_to("/root-of-the-archive")
    assert path.parts[1:] == ("root-of-the-archive", *checked.split("/"))
    assert checked.isascii()


def test_reading_leaves_no_order_to_chance(storage: Storage, sample: Sample) -> None:
    for number in (5, 3, 11, 1):
        storage.put(f"runs/{number:03}/manifest.json", *sample(b"{}"))

    assert all(first.key < second.key for first, second in pairwise(storage.list("runs/")))


def test_what_is_removed_is_gone_and_stays_gone(storage: Storage, sample: Sample) -> None:
    storage.put(KEY, *sample(ARABIC))
    storage.put("runs/other.txt", *sample(b"stays"))

    storage.remove(KEY)
    storage.remove(KEY)

    assert [entry.key for entry in storage.list()] == ["runs/other.txt"]
    with pytest.raises(ArchiveError):
        storage.remove("../else")
