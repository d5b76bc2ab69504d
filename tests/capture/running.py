"""Start the crawl of `tests.capture.crawl` and return its results."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.archive.reading import Record, read_warc

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Crawled:
    outcomes: list[dict[str, Any]]
    stats: dict[str, Any]
    closed: list[dict[str, Any]]
    warc: Path
    records: list[Record]
    log: str

    def outcome(self, path: str) -> dict[str, Any]:
        """The last one of a path."""
        return [outcome for outcome in self.outcomes if outcome["url"].endswith(path)][-1]

    def of(self, kind: str, path: str) -> list[Record]:
        return [record for record in self.records if record.kind == kind and record.path == path]


def crawl(
    folder: Path, requests: list[dict[str, Any]], *, file_size_limit: int = 0, **settings: Any
) -> Crawled:
    """A crawl that leaves one WARC file."""
    left, log = run_crawl(folder, requests, file_size_limit=file_size_limit, **settings)
    warcs = sorted(folder.rglob("*.warc.gz"))
    assert len(warcs) == 1, f"{warcs}\n{log}"
    return Crawled(**left, warc=warcs[0], records=read_warc(warcs[0]), log=log)


def run_crawl(
    folder: Path, requests: list[dict[str, Any]], *, file_size_limit: int = 0, **settings: Any
) -> tuple[dict[str, Any], str]:
    """What the crawl says of itself, and its log."""
    config, result = folder / "config.json", folder / "result.json"
    wanted = {"spool": str(folder / "spool"), "requests": requests, "settings": settings}
    config.write_text(json.dumps({**wanted, "file_size_limit": file_size_limit}), "utf-8")
    command = [sys.executable, "-W", "error::ResourceWarning", "-m", "tests.capture.crawl"]
    ran = subprocess.run(
        [*command, str(config), str(result)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(result.read_text("utf-8")), ran.stderr
