"""python -m benchmarks.reextract [PAGES]: how many archived pages a second `scrapy reextract` reads again.

Builds the archive first, through the recorder that crawls use: pages of 150 KB, the median of the Arabic news
pages measured, as served with gzip. The second reading begins with the articles of the first.
"""

import argparse
import asyncio
import gzip
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.crawl.pages import Paper, path_of
from crawler.archive.exchange import Exchange
from crawler.archive.recorder import Recorder
from crawler.lanes import cores

SITE = "bench_example"
RUN = f"20261121220000-{SITE}-0000aa"
WANTED = 40  # pages a second on two cores


def exchange(paper: Paper, number: int) -> Exchange:
    body = gzip.compress(paper.page(number), 6)
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}"
    )
    return Exchange(
        uri=f"https://bench.example{path_of(number)}",
        request=f"GET {path_of(number)} HTTP/1.1\r\nHost: bench.example\r\n\r\n".encode(),
        response=head.encode() + b"\r\n\r\n" + body,
        started=datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=number),
        duration=timedelta(milliseconds=40),
        hop={"via": "feed", "hops": "L"},
    )


async def record(archive: Path, pages: int) -> None:
    paper = Paper()
    recorder = Recorder(archive, site=SITE, run_id=RUN, info={}, on_closed=lambda _: None)
    for number in range(pages):
        await recorder.record(exchange(paper, number))
    await recorder.close()


def reextracted(archive: Path, generation: str) -> tuple[float, int]:
    """Seconds of the whole command, and the articles that it wrote."""
    command = [sys.executable, "-m", "scrapy", "reextract", str(archive), "--generation", generation]
    began = time.perf_counter()
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - began
    [articles] = re.findall(r"([\d,]+) articles into", result.stdout)
    return seconds, int(articles.replace(",", ""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="?", type=int, default=2_000)
    pages = parser.parse_args().pages
    with TemporaryDirectory(prefix="warraq-bench-") as folder:
        archive = Path(folder) / "archive"
        asyncio.run(record(archive, pages))
        size = sum(path.stat().st_size for path in archive.rglob("*.warc.gz"))
        print(f"{pages:,} pages of 150 KB in {size / 1e6:,.0f} MB of WARC, {cores()} cores")
        seconds, articles = reextracted(archive, "first")
        assert articles == pages, (articles, pages)  # noqa: S101 - a fast wrong answer is worth nothing
        os.rename(archive / "articles-first", archive / "articles")  # noqa: PTH104 - as a crawl would have it
        again, same = reextracted(archive, "second")
        assert same == pages, (same, pages)  # noqa: S101
        for name, taken in (("nothing was known of them", seconds), ("beside the articles before", again)):
            rate = pages / taken
            print(f"{rate:6.1f} pages a second, {name}: {taken:.1f} s, start and manifest in it")
        print(f"wanted: {WANTED} on 2 cores")
        sys.exit(pages / max(seconds, again) < WANTED)


if __name__ == "__main__":
    main()
