"""Files and names that outlive a power cut: written under another name, forced to the disk, then renamed.

The ending of the other name says what happens to such a file after a crash: `.open` is repaired or finished,
`.tmp` is dropped, `.torn` holds bytes that a repair cut off. None of them is delivered.
"""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

OPEN_SUFFIX = ".open"
TEMPORARY_SUFFIX = ".tmp"
TORN_SUFFIX = ".torn"
UNFINISHED_SUFFIXES = (OPEN_SUFFIX, TEMPORARY_SUFFIX, TORN_SUFFIX)
OPEN_MODE = 0o600  # while a file is written, other users cannot read half of it
CLOSED_MODE = 0o644

# Where the file system has no hard links (FAT, some network shares), or no more for this file.
NO_HARD_LINK = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS, errno.EACCES})


def make_folder(folder: Path) -> None:
    """Create what is missing of a path, so that a power cut cannot take it away. Raises OSError."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        with suppress(FileExistsError):  # another thread was first; a file there fails on the next line
            path.mkdir()
        sync_folder(path)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Write the names in a folder to the disk: without it a power cut may undo a rename. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Force a closed file to the disk. Raises OSError."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def open_name(path: Path) -> Path:
    """Return the name of a file while it is written and worth finishing after a crash."""
    return path.with_name(path.name + OPEN_SUFFIX)


def temporary_name(path: Path) -> Path:
    """Return the name of a file while it is written and made anew after a crash."""
    return path.with_name(path.name + TEMPORARY_SUFFIX)


def create_open(path: Path) -> BinaryIO:
    """Open `open_name(path)` for writing, emptied, for this user alone; the folder must exist."""
    descriptor = os.open(open_name(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OPEN_MODE)
    return os.fdopen(descriptor, "wb")


def publish(path: Path, descriptor: int) -> None:
    """Force what `open_name(path)` holds to the disk and rename it; the descriptor stays open."""
    os.fsync(descriptor)
    os.fchmod(descriptor, CLOSED_MODE)
    rename(open_name(path), path)


def rename(unfinished: Path, path: Path) -> None:
    """Rename a file whose bytes are on the disk, for good. Raises OSError."""
    unfinished.rename(path)
    sync_folder(path.parent)


def write_file(path: Path, data: bytes) -> None:
    """Write a small file whole, or not at all; its folder is made. Raises OSError."""
    make_folder(path.parent)
    with create_open(path) as file:
        file.write(data)
        file.flush()
        publish(path, file.fileno())


@contextmanager
def new_file(path: Path, *, replace: bool = False) -> Iterator[tuple[BinaryIO, Path]]:
    """Write a file that gets its name when the block ends without an error.

    Gives the open file and its hidden name until then. Raises OSError; FileExistsError where the name is
    taken, unless `replace`. After an error nothing is left.
    """
    unfinished = hidden_name(path)
    try:
        with unfinished.open("xb") as sink:
            yield cast("BinaryIO", sink), unfinished
            sink.flush()
            os.fsync(sink.fileno())
        if replace:
            unfinished.replace(path)
        else:
            place(unfinished, path)
        sync_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def hidden_name(path: Path) -> Path:
    """Make a hidden, unique name beside a path, for a file that no listing shows until it is renamed."""
    return path.with_name(f".{secrets.token_hex(8)}{TEMPORARY_SUFFIX}")


def place(unfinished: Path, path: Path) -> None:
    """Give a file its name. Raises FileExistsError where the name is taken, and OSError.

    A hard link, unlike a rename, does not replace a file that came there meanwhile. The old name may stay.
    """
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in NO_HARD_LINK:
            raise
        # Without hard links no call names a file without replacing another one. A name in an archive is
        # unique, so only an earlier delivery of the same file can have it.
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error
        unfinished.rename(path)
