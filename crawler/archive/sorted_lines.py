"""An external sort of lines: any number of them, in bounded memory."""

import heapq
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Self

from crawler.storage.durable import make_folder

MAX_OPEN = 64  # files that are merged side by side
_MAX_IN_MEMORY = 16_000_000  # bytes of unsorted lines; more of them wait on disk


class SortedLines:
    """Takes lines in any order and gives them back sorted by their bytes, each once.

    Lines that do not fit into memory wait in nameless files in `folder` (the system's folder for temporary
    files by default). A context manager: leaving it removes these files. Methods raise OSError.
    """

    def __init__(self, *, folder: Path | None = None, max_in_memory: int = _MAX_IN_MEMORY) -> None:
        self._folder = folder
        self._max_in_memory = max_in_memory
        self._lines: list[bytes] = []
        self._held = 0  # bytes
        self._runs: list[IO[bytes]] = []  # sorted

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def add(self, line: bytes) -> None:
        """Take one line with its line feed."""
        self._lines.append(line)
        self._held += len(line)
        if self._held > self._max_in_memory:
            self._lines.sort()
            self.add_sorted(self._lines)
            self._lines.clear()
            self._held = 0

    def add_sorted(self, lines: Iterable[bytes]) -> None:
        """Take lines that are in order already; they are written to disk at once."""
        self._runs.append(self._written(lines))
        if len(self._runs) == MAX_OPEN:
            merged = self._written(heapq.merge(*self._runs))
            self._close_runs()
            self._runs = [merged]

    def __iter__(self) -> Iterator[bytes]:
        """Give every line with its line feed. Can be done once."""
        self._lines.sort()
        last = b""
        for line in heapq.merge(self._lines, *self._runs) if self._runs else self._lines:
            if line != last:
                yield line
            last = line

    def clear(self) -> None:
        """Drop all lines."""
        self._close_runs()
        self._lines.clear()
        self._held = 0

    def _close_runs(self) -> None:
        for run in self._runs:
            run.close()
        self._runs.clear()

    def _written(self, lines: Iterable[bytes]) -> IO[bytes]:
        if self._folder is not None:
            make_folder(self._folder)
        run = TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by its owner
        try:
            run.writelines(lines)
            run.seek(0)
        except BaseException:
            run.close()
            raise
        return run
