"""Delivers a run that crawls nothing: its files first, then the manifest that names them.

Such a run is made in a folder of the spool that no crawl touches. A complete folder there is delivered now or
by a later command; an incomplete one ends with BUILDING and is dropped.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from crawler.archive.names import (
    CHECKSUMS_NAME,
    MANIFEST_NAME,
    SIGNATURE_NAME,
    RunId,
    run_key,
    site_of_run,
)
from crawler.archive.runs import found_files
from crawler.errors import ArchiveError
from crawler.run.sealing import Seal
from crawler.storage import Storage
from crawler.storage.outbox import Outbox, Patience

BUILDING = ".building"  # ends the name of a folder that is not whole yet


@contextmanager
def alone(folder: Path, what: str) -> Iterator[None]:
    """Hold the folder's lock, which the kernel releases when this process ends in any way.

    Raises ArchiveError where another process holds it; `what` names its work.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ArchiveError(f"Another {what} is at work (it holds {folder}); wait for it.") from None
    finally:
        os.close(descriptor)


def deliver_small_runs(storage: Storage, folder: Path, what: str, *, seal: Seal, attempts: int) -> None:
    """Deliver the complete runs in a folder, with their manifests; drop an incomplete one.

    Raises ArchiveError where one of them could not be delivered.
    """
    for path in sorted(folder.iterdir()):
        site = site_of_run(path.name)
        if path.is_dir() and site is None:
            shutil.rmtree(path)
        elif path.is_dir():
            _deliver_run(storage, path, str(site), what, seal, attempts)
            shutil.rmtree(path)


def _deliver_run(storage: Storage, folder: Path, site: str, what: str, seal: Seal, attempts: int) -> None:
    run_id, outbox = folder.name, Outbox(folder, storage, Patience(attempts=attempts))
    if not (folder / run_key(run_id, MANIFEST_NAME)).exists():
        for name in (CHECKSUMS_NAME, SIGNATURE_NAME):  # of a manifest that was never whole
            (folder / run_key(run_id, name)).unlink(missing_ok=True)
    failed = outbox.deliver_all().failed
    if not failed and MANIFEST_NAME not in storage.list_names(f"runs/{run_id}/"):
        facts = seal.facts(run_id, site, began=RunId.of(run_id).began, ended=datetime.now(UTC))
        seal.put_on(folder, storage, facts, found_files(storage, run_id))
        failed = outbox.deliver_all().failed
    if failed:
        reasons = " ".join(f"{key}: {why}" for key, why in failed.items())
        raise ArchiveError(f"The {what} {run_id} is still in the spool; run it again. {reasons}")
