"""One index of a site out of those of its WARC files: what others load into pywb or OutbackCDX as one file.

Made of the others at any time, so nobody promises it and it may be replaced. `scrapy wacz` and `scrapy
replay` read the small ones: those are what the manifests promise, and none of them is missing.
"""

import heapq
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO

from crawler.archive.cdxj_index import LONGEST_LINE, indexes, merged_key
from crawler.archive.spool import OPEN_MODE, open_name, publish
from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.storage.durable import make_folder

_MOST_OPEN = 64  # files that are read side by side


def merge_index(storage: Storage, site: str, folder: Path) -> Path:
    """Writes `<folder>/cdxj/<site>.cdxj`, replacing what is there: all lines of the site in order, each once.

    The lines are as they stand in the small indexes. At most 64 files are open, and a line of each in memory;
    between rounds the lines wait on disk in `folder`. Raises ArchiveError where the archive has no such site
    or an index is out of order, and OSError.
    """
    path = folder / merged_key(site)
    make_folder(path.parent)
    runs: list[IO[bytes]] = []
    try:
        keys = indexes(storage, site)
        for at in range(0, len(keys), _MOST_OPEN):
            runs.append(_merged_run(storage, keys[at : at + _MOST_OPEN], path.parent))
            if len(runs) == _MOST_OPEN:
                runs = [_joined(runs, path.parent)]
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(open_name(path), flags, OPEN_MODE), "wb") as file:
            file.writelines(_without_repeats(heapq.merge(*runs)))
            file.flush()
            publish(path, file.fileno())
    finally:
        for run in runs:
            run.close()
    return path


def _merged_run(storage: Storage, keys: Sequence[str], folder: Path) -> IO[bytes]:
    with ExitStack() as stack:
        streams = [(key, stack.enter_context(storage.open(key))) for key in keys]
        lines = [_lines(stream, f"{key} in {storage.address}") for key, stream in streams]
        return _written(heapq.merge(*lines), folder)


def _joined(runs: Iterable[IO[bytes]], folder: Path) -> IO[bytes]:
    joined = _written(heapq.merge(*runs), folder)
    for run in runs:
        run.close()
    return joined


def _lines(stream: BinaryIO, name: str) -> Iterator[bytes]:
    last = b""
    while line := stream.readline(LONGEST_LINE):
        if not line.endswith(b"\n") or line < last:
            raise ArchiveError(f"{name} is out of order or cut off; scrapy verify tells more.")
        yield line
        last = line


def _written(lines: Iterable[bytes], folder: Path) -> IO[bytes]:
    run = TemporaryFile(dir=folder)  # noqa: SIM115 - closed by the caller
    try:
        run.writelines(lines)
        run.seek(0)
    except BaseException:
        run.close()
        raise
    return run


def _without_repeats(lines: Iterable[bytes]) -> Iterator[bytes]:
    last = b""
    for line in lines:
        if line != last:
            yield line
        last = line
