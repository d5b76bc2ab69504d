"""python -m benchmarks.torture [--pages N] [--kills N] [--seed N]: a crawl that is killed again and again.

The kills come at random requests, at random changes of the spool and the archive, at random moments. Each is
told with what the crawl was about to do; at the end everything is compared with a crawl that nobody touched.
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
SECONDS = 6.0  # after its start a crawl is killed at the latest, where the moment decides


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.torture")
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, printing(options.pages) as press:
        quiet, struck = Path(folder) / "quiet", Path(folder) / "struck"
        whole = struck_crawl(press, quiet, Blow(kind="change", at=0))
        if whole.returncode != 0:
            raise SystemExit(f"the crawl that nobody touched failed: {whole.errors[-3000:]}")
        untouched = Holdings.of(quiet)
        print(
            f"Nobody touched: {whole.requests:,} requests, {whole.deed} changes, "
            f"{len(untouched.ids):,} articles."
        )
        strange = _kills(press, struck, int(whole.deed), options)
        last = finish_crawl(press, struck)
        found = faults(struck, untouched)
    if last.returncode != 0:
        found.append(f"the last crawl ended with {last.returncode}: {last.stderr[-3000:]}")
    print("\n".join([*strange, *found]) or "Nothing lost, nothing twice, verify clean, spool empty.")
    return 1 if strange or found else 0


def _kills(press: Press, archive: Path, changes: int, options: argparse.Namespace) -> list[str]:
    """Crawls that are killed, and how: those that ended otherwise than by the kill or well."""
    grid = Table("kill", "after", "requests", "exit", "about to")
    strange = []
    a_share = max(10, 2 * options.pages // options.kills)  # of the requests, so that many kills find work
    plan = blows(options.seed, options.kills, requests=a_share, changes=changes, seconds=SECONDS)
    for blow in plan:
        began = time.monotonic()
        done = struck_crawl(press, archive, blow)
        seconds = f"{time.monotonic() - began:.1f} s"
        grid.add_row(str(blow), seconds, str(done.requests), str(done.returncode), done.deed[-SHOWN:])
        if done.returncode not in {-9, 0}:
            strange.append(f"{blow}: exit {done.returncode}: {done.errors[-2000:]}")
    Console(width=160).print(grid)
    return strange


if __name__ == "__main__":
    sys.exit(main())
