"""Starts the crawl of `tests.capture.crawl` and hands back what it left."""

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
    config, result, spool = folder / "config.json", folder / "result.json", folder / "spool"
    wanted = {
        "spool": str(spool),
        "requests": requests,
        "settings": settings,
        "file_size_limit": file_size_limit,
    }
    config.write_text(json.dumps(wanted), "utf-8")
    command = [
        sys.executable,
        "-W",
        "error::ResourceWarning",
        "-m",
        "tests.capture.crawl",
        str(config),
        str(result),
    ]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    warcs = sorted(spool.rglob("*.warc.gz"))
    assert len(warcs) == 1, f"{warcs}\n{ran.stderr}"
    return Crawled(
        **json.loads(result.read_text("utf-8")), warc=warcs[0], records=read_warc(warcs[0]), log=ran.stderr
    )
