"""A run whose site was taken by another hears of it in its event loop, and knows it from then on."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest

from crawler import run_lease
from crawler.errors import ArchiveError
from crawler.run_lease import RunLease
from crawler.storage import Storage
from crawler.storage.folder import FolderStorage
from crawler.storage.lease import Claim, Lease


def test_a_lease_that_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def take(storage: Storage, site: str, *, holder: str, dead: Iterable[str]) -> Lease:
        return storage.lease(Claim(site=site, run=holder, seconds=0.03, dead=frozenset(dead)))

    monkeypatch.setattr(run_lease, "take_lease", take)

    async def run() -> tuple[bool, ArchiveError, bool]:
        lease = RunLease(FolderStorage(tmp_path), "paper", "run-1")
        told: asyncio.Future[ArchiveError] = asyncio.get_running_loop().create_future()
        lease.keep(told.set_result)
        before = lease.lost
        (tmp_path / "ledger/.paper.lock").unlink()
        why = await told
        after = lease.lost
        await lease.end()
        return before, why, after

    before, why, after = asyncio.run(run())
    assert (before, after) == (False, True)
    assert "was removed" in str(why)
