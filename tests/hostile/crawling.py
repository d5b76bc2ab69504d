"""Crawl a site with hostile pages, measure the process and verify the archive."""

import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.archive.reading import Record, read_warc
from tests.crawl.archive_reading import articles, run_stats, warcs
from tests.crawl.running import MAX_SECONDS, PROJECT, UNHURRIED, scrapy
from tests.servers.hostile import Reply, head, page, sends
from tests.servers.paper import front_page, path_of, rss, story

HOST = "hostile.example"
GOOD = tuple(path_of(number) for number in range(1, 13))


@dataclass(frozen=True)
class Outcome:
    """How a crawl ended, and what it archived."""

    code: int
    log: str
    stats: dict[str, Any]  # runs/<run>/stats.json
    peak: int  # bytes of memory of the crawl's own process
    archive: Path
    records: list[Record]

    @property
    def counters(self) -> dict[str, Any]:
        found: dict[str, Any] = self.stats["counters"]
        return found

    def of(self, kind: str, path: str) -> list[Record]:
        return [record for record in self.records if record.kind == kind and record.path == path]

    def good(self) -> set[str]:
        """Return the paths of the good articles that were stored."""
        stored = {row["url"].removeprefix(f"http://{HOST}") for row in articles(self.archive)}
        return stored & set(GOOD)


def paper(hostile: Mapping[str, Reply], *others: str) -> dict[str, Reply]:
    """Return a newspaper with twelve good stories and hostile pages between them; `others` are more links."""
    mixed = [path for pair in zip(GOOD, [*hostile][: len(GOOD)], strict=False) for path in pair]
    links = dict.fromkeys([*mixed, *hostile, *others, *GOOD])
    feed = str(rss(*links).body).encode()
    table: dict[str, Reply] = {
        "/": page(str(front_page("/feed/").body)),
        "/feed/": sends(head("Content-Type: application/rss+xml", f"Content-Length: {len(feed)}"), feed),
        **{path: page(str(story(number).body)) for number, path in enumerate(GOOD, 1)},
    }
    return {**table, **hostile}


_HIGH_WATER = re.compile(r"VmHWM:\s+(\d+) kB")


def crawled(folder: Path, *detours: str, home: str = f"http://{HOST}/", **settings: str) -> Outcome:
    """Run scrapy crawl news. Its archive must verify in any case."""
    archive = folder / "archive"
    wanted = {**UNHURRIED, "CONCURRENT_REQUESTS": "16", "CONCURRENT_REQUESTS_PER_DOMAIN": "8"}
    wanted |= {"RETRY_TIMES": "1", "ARCHIVE": str(archive), "CONNECT_TO": ",".join(detours), **settings}
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={home}"]
    command += [word for name, value in wanted.items() for word in ("-s", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=PROJECT, stderr=log, stdout=log)
        try:
            peak = _wait(process)
        finally:
            process.kill()
    log_text = (folder / "log").read_text()
    assert "Traceback" not in log_text, log_text[-5000:]
    verified = scrapy("verify", str(archive), "--json")
    assert verified.returncode == 0, f"{verified.stdout}\n{verified.stderr}"
    [stats] = run_stats(archive)
    records = [record for warc in warcs(archive) for record in read_warc(warc)]
    return Outcome(process.returncode, log_text, stats, peak, archive, records)


def _wait(process: "subprocess.Popen[bytes]") -> int:
    """Return the peak memory in bytes. wait4 would return that of the tests, which fork the crawl."""
    alarm = threading.Timer(MAX_SECONDS, process.kill)
    alarm.start()
    peak = 0
    while process.poll() is None:
        match = _HIGH_WATER.search(_status_of(process.pid))
        peak = max(peak, int(match[1]) * 1024 if match else 0)
        alarm.finished.wait(0.05)
    alarm.cancel()
    if process.returncode < 0:
        pytest.fail(f"the crawl did not end within {MAX_SECONDS} s")
    return peak


def _status_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return ""
