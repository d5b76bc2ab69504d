"""What only a folder can do wrong."""

import errno
import os
from pathlib import Path

import pytest

from crawler.errors import ArchiveError
from crawler.storage import Storage, UnavailableError, open_storage
from tests.storage.conftest import Sample

KEY = "warc/sana/2026/11/x.warc.gz"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def folder(archive: Path) -> Storage:
    return open_storage(str(archive))


def failing(number: int) -> object:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_one_file_system_holds_the_bytes_once(folder: Storage, archive: Path, sample: Sample) -> None:
    path, digest = sample(b"x" * 1000)

    folder.put(KEY, path, digest)

    assert (archive / KEY).samefile(path)


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EPERM, errno.ENOTSUP])
def test_without_hard_links_it_is_copied(
    folder: Storage, archive: Path, sample: Sample, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(os, "link", failing(number))
    path, digest = sample(b"x" * 1000)

    folder.put(KEY, path, digest)

    assert not (archive / KEY).samefile(path)
    assert files(archive) == [KEY]
    with pytest.raises(ArchiveError, match="already holds other bytes"):
        folder.put(KEY, *sample(b"another"))
    assert (archive / KEY).read_bytes() == b"x" * 1000
    assert files(archive) == [KEY]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full; free space"),
        (errno.EDQUOT, "the disk quota is used up"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EACCES, "this user may not"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_a_disk_that_does_not_take_it(
    folder: Storage, archive: Path, sample: Sample, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    monkeypatch.setattr(os, "fsync", failing(number))

    with pytest.raises(ArchiveError, match=said):
        folder.check()
    with pytest.raises(ArchiveError, match=said):
        folder.put(KEY, *sample(b"x"))

    assert files(archive) == []


def test_a_folder_that_nobody_may_write(sample: Sample) -> None:
    """/proc takes no folder from anyone, root included."""
    with pytest.raises(ArchiveError, match=r"cannot be written: .*\.$"):
        open_storage("/proc/self/archive").check()


def test_a_file_in_the_way(folder: Storage, archive: Path, sample: Sample) -> None:
    folder.put("warc/sana", *sample(b"x"))

    with pytest.raises(ArchiveError, match="a file"):
        folder.put("warc/sana/2026/y", *sample(b"y"))


def test_damage_between_writing_and_reading(
    folder: Storage, archive: Path, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, digest = sample(b"as it was")
    place = os.link

    def damage(source: Path, target: Path) -> None:
        place(source, target)
        if not target.name.startswith("."):
            target.unlink()
            target.write_bytes(b"as it became")

    monkeypatch.setattr(os, "link", damage)
    with pytest.raises(UnavailableError, match="returns other bytes"):
        folder.put(KEY, path, digest)
    monkeypatch.undo()

    assert folder.put(KEY, path, digest).sha256 == digest


def test_a_check_that_reads_other_bytes(folder: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda _: b"other")

    with pytest.raises(ArchiveError, match="returns other bytes"):
        folder.check()


def test_what_a_crash_left_is_not_listed(folder: Storage, archive: Path, sample: Sample) -> None:
    folder.put(KEY, *sample(b"x"))
    (archive / KEY).with_name(".0123456789abcdef.tmp").touch()
    (archive / ".probe-0123").touch()

    assert [entry.key for entry in folder.list()] == [KEY]
    assert list(folder.list_names()) == ["warc/"]
    assert list(folder.list_names("warc/sana/2026/11/")) == ["x.warc.gz"]


def test_an_archive_that_is_not_there(folder: Storage, archive: Path) -> None:
    with pytest.raises(ArchiveError, match="no such folder"):
        next(folder.list())
    with pytest.raises(ArchiveError, match="no such folder"):
        folder.open(KEY)
    assert not archive.exists(), "reading makes nothing"


def test_negative_numbers_are_a_mistake_of_the_program(folder: Storage) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        folder.open(KEY, -1)
