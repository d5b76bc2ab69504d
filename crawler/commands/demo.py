"""scrapy demo: the main job on your own machine, from a newspaper on loopback to an archive on disk."""

import argparse
import json
import signal
import subprocess
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from crawler.demo.outlets import OUTLETS
from crawler.demo.server import Newsstand, serve
from crawler.options.archive import storage_of
from crawler.options.command import PlainCommand
from crawler.run.summary import readable_bytes
from crawler.storage import Entry, Storage
from crawler.tables.reader import read_table

HEADLINES = 3
WIDTH = 110  # of the table where there is no terminal
SECONDS_AT_MOST = 300  # for one newspaper


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[-s ARCHIVE=…]"

    def short_desc(self) -> str:
        return "Crawl the demo newspapers on loopback into the archive"

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        storage = storage_of(self.settings)
        storage.check()
        console = Console(width=None if sys.stdout.isatty() else WIDTH)
        before = set(storage.list_names("runs/"))
        with serve(OUTLETS.values()) as stand:
            codes = [self._crawl(stand, address, opts) for address in stand.addresses()]
        runs = sorted(set(storage.list_names("runs/")) - before)
        stats = [json.load(storage.open(f"runs/{run.rstrip('/')}/stats.json")) for run in runs]
        console.print(_table(stats))
        console.print(f"The archive lies in {storage.address}:")
        for file in (file for run in stats for file in run["files"]):
            console.print(f"  {file['key']}", markup=False, highlight=False, soft_wrap=True)
        console.print("Three of its headlines:")
        for line in _headlines(storage, stats):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        return max(codes)

    def _crawl(self, stand: Newsstand, address: str, opts: argparse.Namespace) -> int:
        settings = [f"CONNECT_TO={','.join(stand.connect_to())}", "SUMMARY_TABLE=False", *opts.set]
        command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={address}", "-L", "WARNING"]
        for setting in settings:
            command += ["-s", setting]
        sys.stderr.write(f"scrapy crawl news -a url={address}\n")
        crawling = subprocess.Popen(command)  # noqa: S603 - our own words
        try:
            return crawling.wait(timeout=SECONDS_AT_MOST)
        except (KeyboardInterrupt, subprocess.TimeoutExpired):
            crawling.send_signal(signal.SIGINT)  # it keeps what it has, and ends
            crawling.wait()
            raise


def _table(stats: list[dict[str, Any]]) -> Table:
    grid = Table(
        "newspaper", "found", "fetched", "unchanged", "articles", "dropped", "failed", "bytes", "files"
    )
    for run in stats:
        grid.add_row(
            run["site"].removesuffix("_example"),
            *(f"{run[name]:,}" for name in ("found", "fetched", "unchanged", "articles")),
            _reasons(run["dropped"]),
            _reasons(run["failed"]),
            readable_bytes(run["bytes_received"]),
            str(len(run["files"])),
        )
    return grid


def _reasons(counts: dict[str, int]) -> str:
    return "\n".join(f"{reason} {count}" for reason, count in counts.items()) or "0"


def _headlines(storage: Storage, stats: list[dict[str, Any]]) -> list[str]:
    """The newest article of each newspaper, read back from the archive's own Parquet files."""
    lines = []
    for run in stats:
        tables = [file for file in run["files"] if file["key"].endswith(".parquet")]
        columns = ["title", "outlet", "published"]
        entries = [Entry(file["key"], file["size"]) for file in tables]
        rows = [row for entry in entries for row in read_table(storage, entry, columns)]
        if rows:
            newest = max(rows, key=lambda row: row["published"] or "")
            lines.append(f"  {newest['title']}  ({newest['outlet']}، {(newest['published'] or '')[:10]})")
    return lines[:HEADLINES]
