"""A run whose site was taken by another hears of it in its event loop, and knows it from then on."""

import asyncio
from pathlib import Path

from crawler.errors import ArchiveError
from crawler.run.lease import RunLease
from crawler.storage.folder import FolderStorage
from crawler.storage.lease import Claim


def test_a_lease_that_is_lost(tmp_path: Path) -> None:
    async def run() -> tuple[bool, ArchiveError, bool]:
        lease = RunLease(FolderStorage(tmp_path), Claim(site="paper", run="run-1", seconds=0.03))
        failure: asyncio.Future[ArchiveError] = asyncio.get_running_loop().create_future()
        lease.keep(failure.set_result)
        before = lease.lost
        (tmp_path / "ledger/.paper.lock").unlink()
        why = await failure
        after = lease.lost
        await lease.end()
        return before, why, after

    before, why, after = asyncio.run(run())
    assert (before, after) == (False, True)
    assert "was removed" in str(why)
