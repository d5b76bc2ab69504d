"""python -m benchmarks.corpus [FOLDER…]: crawl recorded pages as their sites served them; score it."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.corpus.server import Shelf, serve, shelves
from benchmarks.extraction.pages import Known, load
from benchmarks.extraction.scores import token_f1

PROJECT = Path(__file__).resolve().parents[2]
DEFAULT = [PROJECT.parent / "shared" / "corpus" / name for name in ("seeds", "real")]
SECONDS_AT_MOST = 120
AT_ONCE = 2
FLOOR = 0.9  # text F1 of each page


@dataclass(frozen=True)
class Score:
    """How one page came out of its crawl."""

    page: Known
    title: str | None
    text_f1: float

    @property
    def title_right(self) -> bool:
        return self.title == self.page.title

    @property
    def good(self) -> bool:
        return self.title_right and self.text_f1 >= FLOOR


def crawl_and_score(pages: Sequence[Known], folder: Path) -> list[Score]:
    """Crawl every host of the pages into `folder`; the scores in the order of the pages.

    Raises RuntimeError, with the crawl's last words, where one ends badly.
    """
    stock = shelves(pages)
    with serve(stock, folder) as connect_to, ThreadPoolExecutor(AT_ONCE) as pool:
        rows = [
            row for found in pool.map(lambda shelf: _crawl(shelf, connect_to, folder), stock) for row in found
        ]
    by_title = {(row["url"].split("/")[2].removeprefix("www."), row["title"]): row for row in rows}
    return [_score(page, rows, by_title) for page in pages]


def _score(page: Known, rows: list[dict[str, Any]], by_title: dict[tuple[str, str], dict[str, Any]]) -> Score:
    host = page.url.split("/")[2].removeprefix("www.")
    row = by_title.get((host, page.title))
    if row is None:  # the title is wrong: the best text of that host is the page's
        same_host = [row for row in rows if row["url"].split("/")[2].removeprefix("www.") == host]
        row = max(same_host, key=lambda row: _text_f1(page, row), default=None)
    if row is None:
        return Score(page, None, 0.0)
    return Score(page, row["title"], _text_f1(page, row))


def _text_f1(page: Known, row: dict[str, Any]) -> float:
    return token_f1(page.text or "", row["text"], page.optional)


def _crawl(shelf: Shelf, connect_to: Sequence[str], folder: Path) -> list[dict[str, Any]]:
    output = folder / f"{shelf.host}.jsonl"
    settings = {
        "ARCHIVE": str(folder / "archive"),
        "CONNECT_TO": ",".join(connect_to),
        "DOWNLOAD_DELAY": "0",
        "AUTOTHROTTLE_ENABLED": "False",
        "EXTRACTION_LANES": "1",
        "RUN_REPORT": "False",
    }
    command = [sys.executable, "-m", "scrapy", "crawl", shelf.spider, "-O", str(output)]
    if shelf.spider == "news":
        command += ["-a", f"url={shelf.home}"]
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    result = subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=SECONDS_AT_MOST
    )
    if result.returncode != 0:
        raise RuntimeError(f"{shelf.host}: exit {result.returncode}\n{result.stderr[-3000:]}")
    return [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus")
    parser.add_argument(
        "folders", nargs="*", type=Path, default=DEFAULT, help="folders of pages with answers"
    )
    try:
        pages = load(parser.parse_args().folders)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    with tempfile.TemporaryDirectory() as name:
        scores = crawl_and_score(pages, Path(name))
    grid = Table("page", "host", "text F1", "title")
    for score in scores:
        title = "as the page has it" if score.title_right else f"{score.title!r}"
        grid.add_row(score.page.name, score.page.url.split("/")[2], f"{score.text_f1:.4f}", title)
    Console().print(grid)
    return 0 if all(score.good for score in scores) else 1


if __name__ == "__main__":
    sys.exit(main())
