"""python -m benchmarks.crawl [--pages N]: the whole way beside bare Scrapy, same pages, same run."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

MAX_SECONDS = 600
GOALS = {"pages a second": 30, "main process MB": 300, "lane MB": 250, "longest stall ms": 50}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crawl")
    parser.add_argument("--pages", type=int, default=1000)
    pages = parser.parse_args().pages
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.crawl.server", str(pages)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert server.stdout is not None  # noqa: S101 - asked for above
            port = server.stdout.readline().strip()
            results = {kind: _run(kind, port, pages, folder) for kind in ("bare", "warraq")}
        finally:
            server.terminate()
            server.wait()
    Console().print(_table(results, pages))
    return 0


def _run(kind: str, port: str, pages: int, folder: Path) -> dict[str, Any]:
    subprocess.run(
        [sys.executable, "-m", "benchmarks.crawl.child", kind, port, str(pages), str(folder)],
        check=True,
        timeout=MAX_SECONDS,
    )
    figures: dict[str, Any] = json.loads((folder / f"{kind}.json").read_text())
    if figures["pages"] != pages:
        raise SystemExit(f"{kind}: {figures['pages']} of {pages} pages came through")
    return figures


def _table(results: dict[str, dict[str, Any]], pages: int) -> Table:
    grid = Table(
        "", "Warraq, whole way", "bare Scrapy", "goal", title=f"{pages:,} pages of 150 KB from loopback"
    )
    rows: dict[str, Callable[[dict[str, Any]], float]] = {
        "pages a second": lambda r: pages / r["seconds"],
        "pages a second, first to last": lambda r: (pages - 1) / r["steady_seconds"],
        "CPU ms a page, main process": lambda r: 1000 * r["main_cpu"] / pages,
        "CPU ms a page, lanes and Parquet": lambda r: 1000 * r["lane_cpu"] / pages,
        "main process MB": lambda r: r["main_peak_kb"] / 1000,
        "lane MB": lambda r: r["lane_peak_kb"] / 1000,
        "longest stall ms": lambda r: 1000 * r["stall_max"],
        "99th percentile stall ms": lambda r: 1000 * r["stall_p99"],
    }
    for name, figure in rows.items():
        grid.add_row(
            name, *(f"{figure(results[kind]):.1f}" for kind in ("warraq", "bare")), str(GOALS.get(name, ""))
        )
    return grid


if __name__ == "__main__":
    sys.exit(main())
