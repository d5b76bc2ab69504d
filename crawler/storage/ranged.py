"""Random access to a file of the archive, by ranged reads of a folder or S3."""

import io

from crawler.storage import Storage

AHEAD = 8 << 20  # bytes asked for at a time where a file is read from end to end


class RangedFile(io.RawIOBase):
    """A file that can seek; every read is a request of its own.

    A reader that takes minutes keeps no connection open meanwhile. Wrap it in a BufferedReader to read it
    from end to end. Raises ArchiveError.
    """

    def __init__(self, storage: Storage, key: str, size: int) -> None:
        self._storage = storage
        self._key = key
        self._size = size  # bytes
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = base + offset
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), self._size - self._position)
        if wanted <= 0:
            return 0
        with self._storage.open(self._key, self._position, wanted) as stream:
            data = stream.read(wanted)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


def buffered(storage: Storage, key: str, size: int, *, start: int = 0) -> io.BufferedReader:
    """Open the file from byte `start` on, for reading in large pieces."""
    file = RangedFile(storage, key, size)
    file.seek(start)
    return io.BufferedReader(file, AHEAD)
