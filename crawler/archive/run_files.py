"""Which run a file of the archive is from, told by its name; and what lies there of one run."""

import re
from collections.abc import Iterator

from crawler.archive.manifest import ManifestFile, is_own_name, site_of
from crawler.errors import ArchiveError
from crawler.storage.base import Storage, digest_stream

_SITE = re.compile(r"(?:warc/|cdxj/|articles/site=)([^/]+)/")
_SUFFIX = re.compile(r"-(?P<warc>[0-9a-f]{6})\.(?:warc\.gz|cdxj)|-(?P<table>[0-9a-f]{6})-\d{5}\.parquet")


def site_and_suffix(key: str) -> tuple[str, str] | None:
    """The site, and the six digits that end the run's name; None where the key is of no run."""
    site, suffix = _SITE.match(key), _SUFFIX.search(key)
    if site is None or suffix is None:
        return None
    return site[1], suffix["warc"] or suffix["table"]


def found_files(storage: Storage, run_id: str) -> list[ManifestFile]:
    """What the archive holds of a run, every file read and hashed: for the manifest of one that was killed.

    Raises ArchiveError, also where the name is no run's.
    """
    site = site_of(run_id)
    if site is None:
        raise ArchiveError(f"{run_id[:200]!r} is no run's name.")
    return [_found(storage, key) for key in _keys(storage, site, run_id)]


def _keys(storage: Storage, site: str, run_id: str) -> Iterator[str]:
    for prefix in (f"warc/{site}/", f"cdxj/{site}/", f"articles/site={site}/"):
        for entry in storage.list(prefix):
            if site_and_suffix(entry.key) == (site, run_id[-6:]):
                yield entry.key
    folder = f"runs/{run_id}/"
    for entry in storage.list(folder):
        if not is_own_name(entry.key.removeprefix(folder)):
            yield entry.key


def _found(storage: Storage, key: str) -> ManifestFile:
    with storage.open(key) as stream:
        size, sha256 = digest_stream(stream)
    return ManifestFile(key=key, size=size, sha256=sha256)
