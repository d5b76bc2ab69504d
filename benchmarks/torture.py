"""python -m benchmarks.torture [--pages N] [--kills N] [--seed N]: a crawl that is killed again and again.

The kills come at random requests, at random changes of the spool and the archive, at random moments. Each is
printed with the change that the crawl was about to make. A crawl that ends in spite of them is compared
with an undisturbed crawl, and the next one begins.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.torture.blows import Blow, blows, finish_crawl, struck_crawl
from tests.torture.holdings import Holdings, faults
from tests.torture.press import Press, printing

SHOWN = 70  # characters of what a crawl was about to do
SECONDS = 12.0  # after its start a crawl is killed at the latest, where the moment decides
KILLED = -9
MOST_MISSES = 4  # kills that come after a crawl's end, for each that hits


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.torture")
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, printing(options.pages) as press:
        quiet = Path(folder) / "quiet"
        whole = struck_crawl(press, quiet, Blow(kind="change", at=0))
        if whole.returncode != 0:
            raise SystemExit(f"the undisturbed crawl failed: {whole.errors[-3000:]}")
        untouched = Holdings.of(quiet)
        print(
            f"Undisturbed: {whole.requests:,} requests, {whole.change} changes, "
            f"{len(untouched.ids):,} articles."
        )
        found = _lives(press, Path(folder), int(whole.change), untouched, options)
    print("\n".join(found) or "Nothing lost, nothing twice, verify clean, spool empty.")
    return 1 if found else 0


def _lives(
    press: Press, folder: Path, changes: int, untouched: Holdings, options: argparse.Namespace
) -> list[str]:
    """Crawls that are struck until so many kills have hit; one that came to its end is compared, and the next
    begins with nothing.
    """
    grid = Table("crawl", "kill", "after", "requests", "exit", "about to")
    found: list[str] = []
    hits, number = 0, 1
    plan = blows(
        options.seed,
        options.kills * MOST_MISSES,
        requests=options.pages,
        changes=changes,
        seconds=SECONDS,
    )
    for blow in plan:
        archive = folder / f"struck-{number}"
        began = time.monotonic()
        done = struck_crawl(press, archive, blow)
        seconds = f"{time.monotonic() - began:.1f} s"
        grid.add_row(
            str(number), str(blow), seconds, str(done.requests), str(done.returncode), done.change[-SHOWN:]
        )
        hits += done.returncode == KILLED
        if done.returncode not in {KILLED, 0}:
            found.append(f"{blow}: exit {done.returncode}: {done.errors[-2000:]}")
        if done.returncode != KILLED or hits == options.kills:
            found += _compared(press, archive, untouched)
            number += 1
        if hits == options.kills:
            break
    Console(width=160).print(grid)
    print(f"{hits} kills hit {number - 1} crawls.")
    return found


def _compared(press: Press, archive: Path, untouched: Holdings) -> list[str]:
    """What is wrong with a crawl that may end in peace now."""
    last = finish_crawl(press, archive)
    found = faults(archive, untouched)
    if last.returncode != 0:
        found.append(f"the last crawl ended with {last.returncode}: {last.stderr[-3000:]}")
    return found


if __name__ == "__main__":
    sys.exit(main())
