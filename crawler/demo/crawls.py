"""Crawl the demo newspapers with Warraq's own `scrapy crawl`, and print what came of it."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.archive.names import site_of_run
from crawler.demo.later import later_outlets, let_an_hour_pass
from crawler.demo.outlet import Outlet
from crawler.demo.outlets import OUTLETS
from crawler.demo.server import Newsstand, serve
from crawler.demo.sites import site_name
from crawler.options.terminal import Column, console_for, print_table
from crawler.run.summary import readable_bytes
from crawler.storage import Entry, Storage
from crawler.tables.reader import read_table

HEADLINES = 3
SPIDERS = "crawler.demo.sites"
SECONDS_MAX = 300  # for one newspaper
_COLUMNS = (
    Column(header="newspaper"),
    Column(header="found", justify="right"),
    Column(header="fetched", justify="right"),
    Column(header="unchanged", justify="right", dropped=3),
    Column(header="articles", justify="right"),
    Column(header="dropped"),
    Column(header="failed"),
    Column(header="bytes", justify="right", dropped=2),
    Column(header="files", justify="right", dropped=1),
)


def crawl_all(storage: Storage, spool: Path, settings: Sequence[str]) -> tuple[int, list[dict[str, Any]]]:
    """Crawl every newspaper, and those that have changed once more.

    Returns the highest exit code and the statistics of the runs.

    `settings` are NAME=VALUE, for the crawls; `spool` is the folder that these name.
    """
    before = set(storage.list_names("runs/"))
    with serve(OUTLETS.values()) as stand:
        codes = [_crawl(stand, outlet, settings) for outlet in stand.outlets]
    if not max(codes) and not any(map(_is_demo, before)):  # another demo fetches nothing again
        later = later_outlets(datetime.now(UTC))
        let_an_hour_pass(spool, later.values())
        sys.stderr.write("As if an hour had passed: three of the newspapers have changed.\n")
        with serve(later.values()) as stand:
            codes += [_crawl(stand, outlet, settings) for outlet in stand.outlets]
    runs = sorted(set(storage.list_names("runs/")) - before)
    return max(codes), [json.load(storage.open(f"runs/{run.rstrip('/')}/stats.json")) for run in runs]


def _is_demo(run: str) -> bool:
    return site_of_run(run.removesuffix("/")) in set(map(site_name, OUTLETS.values()))


def print_result(storage: Storage, runs: Sequence[dict[str, Any]], *, default: bool) -> None:
    """Print a table of the runs, the files that they wrote, some headlines, and what to do next.

    `default` tells whether commands read this archive where none is named.
    """
    console = console_for()
    print_table(console, _COLUMNS, map(_row, runs))
    console.print(f"The archive lies in {storage.address}:", soft_wrap=True)
    for file in (file for run in runs for file in run["files"]):
        console.print(f"  {file['key']}", soft_wrap=True)
    headlines = _headlines(storage, runs)
    if headlines:
        console.print("Three of its headlines:")
    else:
        console.print("No new articles: the archive holds every article of the demo newspapers already.")
    for line in headlines:
        console.print(line, soft_wrap=True)
    named = "" if default else f" {storage.address}"
    console.print("Search it and read it in the browser:", soft_wrap=True)
    console.print(f"  {_program()} browse{named}", soft_wrap=True)


def _program() -> str:
    """Return how this program was called, so that the next command can be copied."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "scrapy" else "scrapy"


def _crawl(stand: Newsstand, outlet: Outlet, settings: Sequence[str]) -> int:
    own = [
        f"SPIDER_MODULES={SPIDERS}", f"CONNECT_TO={','.join(stand.connect_to())}", "SUMMARY_TABLE=False",
    ]  # fmt: skip
    command = [sys.executable, "-m", "scrapy", "crawl", site_name(outlet), "-L", "WARNING"]
    for setting in (*own, *settings):
        command += ["-s", setting]
    sys.stderr.write(f"scrapy crawl {site_name(outlet)}\n")
    crawling = subprocess.Popen(command)  # noqa: S603 - every word of it is ours or the user's
    try:
        return crawling.wait(timeout=SECONDS_MAX)
    except (KeyboardInterrupt, subprocess.TimeoutExpired):
        crawling.send_signal(signal.SIGINT)  # the crawl delivers what it has, and ends
        crawling.wait()
        raise


def _row(run: dict[str, Any]) -> list[str]:
    return [
        run["site"].removesuffix("_example"),
        *(f"{run[name]:,}" for name in ("found", "fetched", "unchanged", "articles")),
        _reasons(run["dropped"]),
        _reasons(run["failed"]),
        readable_bytes(run["bytes_received"]),
        str(len(run["files"])),
    ]


def _reasons(counts: dict[str, int]) -> str:
    return "\n".join(f"{reason} {count}" for reason, count in counts.items()) or "0"


def _headlines(storage: Storage, runs: Sequence[dict[str, Any]]) -> list[str]:
    """Return a line for the newest article of each run, read back from the archive's Parquet files."""
    lines = []
    for run in runs:
        tables = [
            Entry(file["key"], file["size"]) for file in run["files"] if file["key"].endswith(".parquet")
        ]
        columns = ["title", "outlet", "published"]
        rows = [row for entry in tables for row in read_table(storage, entry, columns)]
        if rows:
            newest = max(rows, key=lambda row: row["published"] or "")
            lines.append(f"  {newest['title']}  ({newest['outlet']}، {(newest['published'] or '')[:10]})")
    return lines[:HEADLINES]
