"""Lists of checksums after a compaction: the lines of tables that were replaced become comments.

So `sha256sum --check runs/*/manifest-sha256.txt` still checks every file that exists. The manifests,
which are signed, stay as they are.
"""

import hashlib
from collections import defaultdict
from pathlib import Path

from crawler.archive.manifest import Manifest, manifest_bytes
from crawler.archive.manifest_fields import ManifestError
from crawler.archive.names import CHECKSUMS_NAME, MANIFEST_NAME, FileOwner, run_key
from crawler.storage import Storage
from crawler.tables.succession_proof import Successions


def comment_out(storage: Storage, folder: Path, successions: Successions) -> None:
    """Rewrite the list of each run whose tables were replaced, where it names them still.

    `folder` is a folder of the spool for the new lists. Raises ArchiveError, OSError.
    """
    by_run: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for key, (_, successor) in successions.replaced.items():
        owner = FileOwner.parse(key)
        if owner is not None:
            by_run[f"{owner.stamp}-{owner.site}-{owner.suffix}"][key] = successor
    for run_id, successors in sorted(by_run.items()):
        if {CHECKSUMS_NAME, MANIFEST_NAME} <= set(storage.list_names(f"runs/{run_id}/")):
            _comment_out(storage, folder, run_id, successors)


def _comment_out(storage: Storage, folder: Path, run_id: str, successors: dict[str, str]) -> None:
    try:
        wanted = Manifest.parse(manifest_bytes(storage, run_id)).checksums(successors)
    except ManifestError:  # `scrapy verify` names it
        return
    key = run_key(run_id, CHECKSUMS_NAME)
    with storage.open(key, 0, len(wanted) + 1) as stream:
        if stream.read() == wanted:
            return
    path = folder / f"{run_id}.checksums"
    path.write_bytes(wanted)
    try:
        storage.put(key, path, hashlib.sha256(wanted).hexdigest(), replace=True)
    finally:
        path.unlink()
