"""python -m benchmarks.second_crawl [--pages N]: what a second crawl of a site asks for, beside the first."""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.torture.blows import finish_crawl
from tests.torture.press import Press, printing

GOAL = 0.01  # of the first crawl's bytes
PADDING = 30_000  # bytes of noise in a page: with it one weighs what the smaller pages of newspapers do
ONE_FILE = {"WARC_MAX_BYTES": "1000000000", "RUN_REPORT": "False"}


@dataclass(frozen=True)
class Cost:
    """What one crawl cost the site."""

    requests: int
    received: int  # bytes
    pages: int  # requests for pages, and not for lists


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.second_crawl")
    parser.add_argument("--pages", type=int, default=2000)
    pages = parser.parse_args().pages
    grid = Table(
        "lists", "crawl", "requests", "for pages", "bytes", "share", title=f"{pages:,} pages, crawled twice"
    )
    good = True
    for validators in (True, False):
        with (
            tempfile.TemporaryDirectory() as folder,
            printing(pages, list_validators=validators, padding=PADDING) as press,
        ):
            first, second = (_cost(press, Path(folder) / "archive") for _ in range(2))
        name = "with ETag" if validators else "without"
        for which, cost in (("first", first), ("second", second)):
            share = f"{cost.received / first.received:.2%}"
            grid.add_row(name, which, f"{cost.requests:,}", f"{cost.pages:,}", f"{cost.received:,}", share)
        good &= second.received <= GOAL * first.received and second.pages == 0
    Console().print(grid)
    print(f"Goal: at most {GOAL:.0%} of the first crawl's bytes, no page: {'met' if good else 'missed'}.")
    return 0 if good else 1


def _cost(press: Press, archive: Path) -> Cost:
    done = finish_crawl(press, archive, ONE_FILE, seconds=1800)
    if done.returncode != 0:
        raise SystemExit(f"the crawl failed: {done.stderr[-3000:]}")
    pages = [path for path in press.asked if path.startswith(("/news/", "/moved/"))]
    return Cost(requests=len(press.asked), received=press.sent, pages=len(pages))


if __name__ == "__main__":
    sys.exit(main())
