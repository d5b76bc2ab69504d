"""The merged index of a site: the lines of its small indexes in one file, for pywb or OutbackCDX.

It is made of the small indexes at any time, so no manifest names it and it may be replaced. `scrapy wacz` and
`scrapy replay` read the small indexes: the manifests name these, so a missing one is noticed.
"""

import heapq
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from crawler.archive.cdxj_index import MAX_LINE, indexes
from crawler.archive.names import merged_key
from crawler.archive.sorted_lines import MAX_OPEN, SortedLines
from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.storage.base import digest_file
from crawler.storage.durable import create_open, make_folder, publish

MAX_BYTES_AT_EACH_RUN = 50_000_000  # of small indexes; beyond that only `scrapy compact` merges them


def keep_merged_index(storage: Storage, site: str, spool: Path, *, max_bytes: int | None = None) -> bool:
    """Merge a site's indexes into `cdxj/<site>.cdxj` in the archive.

    Returns False, and does nothing, where there is no index, or all of them have more than `max_bytes`.
    Raises ArchiveError.
    """
    total = sum(entry.size for entry in storage.list(f"cdxj/{site}/"))
    if not total or (max_bytes is not None and total > max_bytes):
        return False
    try:
        with TemporaryDirectory(dir=spool, prefix=".index-") as folder:
            path = merge_index(storage, site, Path(folder))
            storage.put(merged_key(site), path, digest_file(path)[1], replace=True)
    except OSError as error:
        raise ArchiveError(f"The index of {site} cannot be merged: {error}.") from error
    return True


def merge_index(storage: Storage, site: str, folder: Path) -> Path:
    """Write `<folder>/cdxj/<site>.cdxj`, replacing what is there: all lines of the site, sorted, each once.

    At most 64 files are open at a time; between rounds the lines wait on disk in `folder`. Raises
    ArchiveError where the archive has no such site or an index is out of order, and OSError.
    """
    path = folder / merged_key(site)
    make_folder(path.parent)
    keys = indexes(storage, site)
    with SortedLines(folder=path.parent) as lines:
        for start in range(0, len(keys), MAX_OPEN):
            with ExitStack() as stack:
                streams = [
                    (key, stack.enter_context(storage.open(key))) for key in keys[start : start + MAX_OPEN]
                ]
                sources = [_lines(stream, f"{key} in {storage.address}") for key, stream in streams]
                lines.add_sorted(heapq.merge(*sources))
        with create_open(path) as file:
            file.writelines(lines)
            file.flush()
            publish(path, file.fileno())
    return path


def _lines(stream: BinaryIO, name: str) -> Iterator[bytes]:
    last = b""
    while line := stream.readline(MAX_LINE):
        if not line.endswith(b"\n") or line < last:
            raise ArchiveError(f"{name} is out of order or cut off; scrapy verify names the damage.")
        yield line
        last = line
