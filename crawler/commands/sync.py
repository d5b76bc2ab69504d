"""Scrapy's command `sync`: deliver to the archive what earlier runs left in the spool."""

import argparse
import sys
from pathlib import Path

from crawler.errors import ArchiveError
from crawler.options.command import PlainCommand


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[-s ARCHIVE=…] [-s SPOOL=…]"

    def short_desc(self) -> str:
        return "Finish and deliver what killed or failed runs left in the spool"

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from crawler.options.archive import spool_of, storage_of
        from crawler.options.options import SealOptions, recheck_of
        from crawler.run.recovery import recover
        from crawler.run.sealing import Seal
        from crawler.run.summary import readable_bytes

        storage = storage_of(self.settings)
        if not storage.address.startswith("s3://") and not Path(storage.address).is_dir():
            raise ArchiveError(f"There is no archive at {storage.address}.")
        storage.check()
        failed = runs = 0
        for run in recover(
            spool_of(self.settings, storage),
            storage,
            attempts=self.settings.getint("DELIVERY_ATTEMPTS"),
            seal=Seal.of(SealOptions.of(self.settings)),
            recheck=recheck_of(self.settings),
        ):
            runs += 1
            for stored in run.delivery.delivered:
                sys.stdout.write(f"{stored.key}  {readable_bytes(stored.size)}\n")
            for key, reason in run.delivery.failed.items():
                self.complain(f"Still in the spool: {key}: {reason}")
            failed += len(run.delivery.failed)
        sys.stdout.write(f"{runs} runs finished, {failed} files still in the spool.\n")
        return 1 if failed else 0
