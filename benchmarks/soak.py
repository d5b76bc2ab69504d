"""python -m benchmarks.soak [--pages N]: one long crawl, its memory and its files looked at all the while."""

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from rich.console import Console
from rich.table import Table

from tests.crawl.running import PROJECT
from tests.torture.blows import crawl_arguments
from tests.torture.press import printing

EVERY = 2.0  # seconds between two looks
GROWTH = 0.05  # at most, from the second quarter of the pages to the last
SHOWN = 12
SETTINGS = {"WARC_MAX_BYTES": "20000000", "RUN_REPORT": "False", "CONCURRENT_REQUESTS": "16",
            "CONCURRENT_REQUESTS_PER_DOMAIN": "16"}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """The crawl's processes at one moment."""

    pages: int  # asked for until now
    main_kb: int
    lanes_kb: int  # the largest one
    files: int  # open in the main process


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak")
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=3600, help="the crawl is stopped then")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, printing(options.pages) as press:
        archive = Path(folder) / "archive"
        with Path(folder, "errors").open("wb") as errors:
            crawl = subprocess.Popen(
                [sys.executable, "-m", "scrapy", *crawl_arguments(press, archive, SETTINGS)],
                cwd=PROJECT, stderr=errors,
            )  # fmt: skip
        began, looks = time.monotonic(), []
        while crawl.poll() is None:
            if look := _look(crawl.pid, len(press.asked)):
                looks.append(look)
            if time.monotonic() - began > options.seconds:
                crawl.terminate()
            time.sleep(EVERY)
        seconds = time.monotonic() - began
        said = Path(folder, "errors").read_text(errors="replace")
    return _report(looks, crawl.returncode, seconds, said)


def _look(pid: int, pages: int) -> Look | None:
    try:
        lanes = [_resident(child) for child in _children(pid)]
        files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        return Look(pages, _resident(pid), max(lanes, default=0), files)
    except OSError:
        return None  # one of them has just ended


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()] + [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        if task.name != str(pid)
        for child in (task / "children").read_text().split()
    ]


def _resident(pid: int) -> int:
    """Memory in kB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0  # a process that has ended and was not waited for


def _report(looks: list[Look], returncode: int, seconds: float, said: str) -> int:
    if not looks or returncode != 0:
        print(said[-3000:])
    grid = Table(
        "pages", "main MB", "largest lane MB", "open files", title=f"{seconds:.0f} s, exit {returncode}"
    )
    for look in looks[:: max(1, len(looks) // SHOWN)]:
        grid.add_row(
            f"{look.pages:,}", f"{look.main_kb / 1000:.0f}", f"{look.lanes_kb / 1000:.0f}", str(look.files)
        )
    Console().print(grid)
    quarters = _quarters(looks)
    if not all(quarters):
        print("Too short to tell.")
        return 1
    second, last = quarters[1], quarters[3]
    growth = mean(look.main_kb for look in last) / mean(look.main_kb for look in second) - 1
    files = max(look.files for look in last) - max(look.files for look in second)
    print(
        f"Main process, second quarter to last: {growth:+.1%}; goal: below {GROWTH:.0%}. "
        f"Open files: {files:+d}."
    )
    return 0 if growth < GROWTH and returncode == 0 else 1


def _quarters(looks: list[Look]) -> list[list[Look]]:
    most = max((look.pages for look in looks), default=0)
    busy = [look for look in looks if 0 < look.pages < most]  # while it fetched
    return [
        [look for look in busy if part * most / 4 <= look.pages < (part + 1) * most / 4] for part in range(4)
    ]


if __name__ == "__main__":
    sys.exit(main())
