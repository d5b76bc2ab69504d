"""The merged index of a site: the lines of its small indexes in few files, for pywb or OutbackCDX.

`cdxj/<site>.cdxj` is the largest file, `cdxj/<site>.1.cdxj`, `cdxj/<site>.2.cdxj`, … hold the lines of later
runs, and `cdxj/<site>.json` lists them all. A run adds its own lines to the last file, and merges files where
one is not much larger than what comes behind it. So a run writes about as much as it adds, however many runs
there were before; while all is small, there is one file.

The merged index is made of the small indexes at any time, so no manifest names it and it may be replaced.
`scrapy wacz` and `scrapy replay` read the small indexes: the manifests name these, so a missing one is
noticed.
"""

import heapq
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from crawler.archive.cdxj_index import MAX_LINE, indexes
from crawler.archive.index_levels import LIST_MAX_BYTES, IndexList, to_rewrite
from crawler.archive.names import merged_key, merged_list_key
from crawler.archive.sorted_lines import MAX_OPEN, SortedLines
from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.storage.base import MissingError, digest_file, digest_stream
from crawler.storage.durable import create_open, make_folder, publish, write_file

MAX_AT_FIRST = (
    64  # small indexes that a run merges where there is no merged index; `compact` merges any number
)


def keep_merged_index(storage: Storage, site: str, spool: Path) -> None:
    """Merge all indexes of a site into `cdxj/<site>.cdxj`. Raises ArchiveError."""
    if next(storage.list(f"cdxj/{site}/"), None) is None:
        return
    try:
        with TemporaryDirectory(dir=spool, prefix=".index-") as folder:
            path = merge_index(storage, site, Path(folder))
            there = _listed(storage, site)
            _put(storage, merged_key(site), path)
            _list(storage, site, IndexList(sizes=(path.stat().st_size,)), Path(folder))
            for number in range(1, len(there.sizes) if there else 0):
                storage.remove(merged_key(site, number))
    except OSError as error:
        raise ArchiveError(f"The index of {site} cannot be merged: {error}.") from error


def add_to_merged_index(storage: Storage, site: str, keys: Sequence[str], spool: Path) -> bool:
    """Add the lines of a run's small indexes to the merged index.

    Returns False, and does nothing, where there is no merged index and there are too many small ones to make
    it now. Raises ArchiveError.
    """
    there = _listed(storage, site)
    if there is None:
        first = list(islice(storage.list(f"cdxj/{site}/"), MAX_AT_FIRST + 1))
        if len(first) > MAX_AT_FIRST:
            return False
        keep_merged_index(storage, site, spool)
        return True
    if not keys:
        return True
    try:
        with TemporaryDirectory(dir=spool, prefix=".index-") as folder:
            _add(storage, site, there, keys, Path(folder))
    except OSError as error:
        raise ArchiveError(f"The index of {site} cannot be merged: {error}.") from error
    return True


def _add(storage: Storage, site: str, there: IndexList, keys: Sequence[str], folder: Path) -> None:
    own = _merge(storage, keys, folder / "own.cdxj")
    level = to_rewrite(there.sizes, own.stat().st_size)
    replaced = [merged_key(site, number) for number in range(level, len(there.sizes))]
    path = _merge(storage, replaced, folder / "merged.cdxj", own)
    _put(storage, merged_key(site, level), path)
    _list(storage, site, IndexList(sizes=(*there.sizes[:level], path.stat().st_size)), folder)
    for key in replaced[1:]:  # their lines are in the file before them
        storage.remove(key)


def _listed(storage: Storage, site: str) -> IndexList | None:
    """Read the list of the merged index's files; None where there is no merged index."""
    try:
        with storage.open(merged_list_key(site)) as stream:
            return IndexList.parse(stream.read(LIST_MAX_BYTES + 1), merged_list_key(site))
    except MissingError:
        pass
    try:
        with storage.open(merged_key(site)) as stream:  # version 0.1 made one file and no list
            return IndexList(sizes=(digest_stream(stream)[0],))
    except MissingError:
        return None


def _list(storage: Storage, site: str, listed: IndexList, folder: Path) -> None:
    path = folder / "list.json"
    write_file(path, listed.to_bytes())
    _put(storage, merged_list_key(site), path)


def _put(storage: Storage, key: str, path: Path) -> None:
    storage.put(key, path, digest_file(path)[1], replace=True)


def merge_index(storage: Storage, site: str, folder: Path) -> Path:
    """Write `<folder>/cdxj/<site>.cdxj`, replacing what is there: all lines of the site, sorted, each once.

    At most 64 files are open at a time; between rounds the lines wait on disk in `folder`. Raises
    ArchiveError where the archive has no such site or an index is out of order, and OSError.
    """
    path = folder / merged_key(site)
    make_folder(path.parent)
    return _merge(storage, indexes(storage, site), path)


def _merge(storage: Storage, keys: Sequence[str], path: Path, own: Path | None = None) -> Path:
    """Write the lines of indexes in the archive, and of one on this machine, into a file."""
    with SortedLines(folder=path.parent) as lines:
        if own is not None:
            with own.open("rb") as stream:
                lines.add_sorted(_lines(stream, str(own)))
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
            raise ArchiveError(f"{name} is out of order or cut off; scrapy verify tells more.")
        yield line
        last = line
