"""scrapy replay: the archive in a browser, by pywb on loopback."""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from scrapy.utils.conf import closest_scrapy_cfg

from crawler.archive.cdxj_index import without_index
from crawler.errors import WarraqError
from crawler.options.archive import storage_of
from crawler.options.command import PlainCommand
from crawler.replay.pywb import find_pywb, replaying


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] [--port N] [--site S]"

    def short_desc(self) -> str:
        return "Open the archive in the browser, with pywb on this machine"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: any free one)")
        parser.add_argument("--site", help="only this site, by its name in the archive")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        address = self.archive_named(args)
        storage = storage_of(self.settings, address)
        pywb = find_pywb(Path(closest_scrapy_cfg()).parent)
        for ending in (signal.SIGTERM, signal.SIGHUP):  # killed, or the terminal closed
            signal.signal(ending, _interrupt)
        try:
            sys.stderr.write(f"Reading the index of {storage.address} …\n")
            with replaying(storage, pywb, site=opts.site, port=opts.port) as replay:
                unread = without_index(storage, opts.site)
                if unread:
                    self.complain(
                        f"{len(unread):,} WARC files have no index in the archive and cannot be shown."
                    )
                sys.stdout.write(
                    f"The archive is open at {replay.address}\n"
                    f"One of its pages:        {replay.example}\n"
                    "Ctrl-C ends it.\n"
                )
                sys.stdout.flush()
                code = replay.process.wait()
            raise WarraqError(f"pywb has ended by itself, with exit code {code}.")
        except KeyboardInterrupt:
            return 0


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """What Ctrl-C does: everything that was started is ended."""
    raise KeyboardInterrupt
