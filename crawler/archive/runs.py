"""The runs in an archive: the newest crawl of each site, and the files that one run left."""

import json
from collections.abc import Iterator

from crawler.archive.manifest import ManifestFile
from crawler.archive.names import FileOwner, RunId, is_seal_name
from crawler.storage import Storage
from crawler.storage.base import digest_stream

_MAX_STATS = 10_000_000  # bytes


def last_runs(storage: Storage) -> dict[str, str]:
    """Map each site to the moment (RFC 3339) when its newest crawl began. Raises ArchiveError."""
    newest: dict[str, str] = {}
    for name in sorted(storage.list_names("runs/"), reverse=True):
        run = RunId.parse(name.rstrip("/"))
        if run is not None and run.site not in newest and _is_crawl(storage, run):
            newest[run.site] = run.began.isoformat()
    return newest


def _is_crawl(storage: Storage, run: RunId) -> bool:
    """Tell a crawl from a compaction or reextraction: their stats.json has a `kind`."""
    folder = f"runs/{run}/"
    if "stats.json" not in storage.list_names(folder):
        return True
    with storage.open(f"{folder}stats.json") as stream:
        text = stream.read(_MAX_STATS)
    try:
        return "kind" not in json.loads(text)
    except ValueError:
        return True


def found_files(storage: Storage, run_id: str) -> list[ManifestFile]:
    """Read and hash every file of a run in the archive, for the manifest of a run that was killed.

    Raises ArchiveError, also where `run_id` is no run id.
    """
    return [_found(storage, key) for key in _keys(storage, RunId.of(run_id))]


def _keys(storage: Storage, run: RunId) -> Iterator[str]:
    for prefix in (f"warc/{run.site}/", f"cdxj/{run.site}/", f"articles/site={run.site}/"):
        for entry in storage.list(prefix):
            owner = FileOwner.parse(entry.key)
            if owner is not None and owner.is_of(run):
                yield entry.key
    folder = f"runs/{run}/"
    for entry in storage.list(folder):
        if not is_seal_name(entry.key.removeprefix(folder)):
            yield entry.key


def _found(storage: Storage, key: str) -> ManifestFile:
    with storage.open(key) as stream:
        size, sha256 = digest_stream(stream)
    return ManifestFile(key=key, size=size, sha256=sha256)
