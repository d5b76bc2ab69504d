"""Reads what the runs of an archive say: their manifests, and which articles were gone."""

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from crawler.archive.manifest import Manifest, read_manifest
from crawler.archive.manifest_fields import ManifestError
from crawler.archive.names import MANIFEST_NAME, RunId, run_key
from crawler.errors import InvalidUrlError
from crawler.run.gone import NAME as GONE_NAME
from crawler.search.catalogue_schema import address_key
from crawler.storage import Storage, UnavailableError
from crawler.urls import canonical_url

_MOST_GONE = 64 << 20  # bytes of one list
_LONGEST_LINE = 64 << 10  # bytes


def read_runs(storage: Storage, database: sqlite3.Connection, problems: list[str]) -> int:
    """Take in the runs that ended since the last update; return their number. Raises ArchiveError.

    A run without a manifest has not ended: it is looked at again.
    """
    known = {run_id for [run_id] in database.execute("SELECT run_id FROM runs")}
    count = 0
    for name in storage.list_names("runs/"):
        run = RunId.parse(name.rstrip("/"))
        if run is None or str(run) in known:
            continue
        names = set(storage.list_names(f"runs/{run}/"))
        if MANIFEST_NAME not in names:
            continue
        try:
            gone = list(_gone(storage, run)) if GONE_NAME in names else []
            _add(database, run, _manifest(storage, run), gone)
        except UnavailableError as error:
            problems.append(f"The run {run} cannot be read now: {error}")
            continue
        count += 1
    database.commit()
    return count


def _manifest(storage: Storage, run: RunId) -> Manifest | None:
    """Read the manifest of a run; None where it is broken, which `scrapy verify` reports."""
    data = read_manifest(storage, str(run))
    try:
        return None if data is None else Manifest.parse(data)
    except ManifestError:
        return None


def _add(
    database: sqlite3.Connection, run: RunId, manifest: Manifest | None, gone: list[tuple[Any, ...]]
) -> None:
    warcs = [file for file in manifest.files if file.key.startswith("warc/")] if manifest else []
    database.execute(
        "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?)",
        (
            str(run), run.site, run.stamp, manifest.facts.ended.isoformat() if manifest else None,
            sum(file.size for file in warcs), sum(file.records or 0 for file in warcs),
        ),
    )  # fmt: skip
    database.executemany("INSERT OR IGNORE INTO gone VALUES (?, ?, ?, ?, ?, ?)", gone)


def _gone(storage: Storage, run: RunId) -> Iterator[tuple[Any, ...]]:
    """Yield the lines of a run's list of articles that were gone; a line that is none is left out."""
    with storage.open(run_key(str(run), GONE_NAME), 0, _MOST_GONE) as stream:
        while line := stream.readline(_LONGEST_LINE):
            try:
                record = json.loads(line)
                url, seen, reason = (record[name] for name in ("url", "seen", "reason"))
                if not all(isinstance(each, str) for each in (url, seen, reason)):
                    continue
                yield address_key(canonical_url(url)), seen, url, run.site, reason, str(run)
            except (ValueError, KeyError, TypeError, RecursionError, InvalidUrlError):
                continue
