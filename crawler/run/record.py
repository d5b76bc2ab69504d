"""The files in which a run describes itself: warcinfo records, stats.json and log.txt."""

import json
import logging
import socket
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from crawler import __version__
from crawler.archive.names import run_key
from crawler.archive.signing import write_evidence
from crawler.options.options import Options
from crawler.run.summary import Summary
from crawler.site import Site
from crawler.storage.durable import open_name, rename

STATS = "stats.json"
LIBRARIES = ("scrapy", "trafilatura", "twisted", "warcio")


def warcinfo_of(options: Options, site: Site) -> dict[str, str]:
    """Return the fields of the warcinfo records: operator, site, software and robots policy."""
    info = {
        "software": f"Warraq/{__version__} Scrapy/{version('scrapy')} warcio/{version('warcio')}",
        "robots": "obey" if options.obeys_robots else "ignore",
        "http-header-user-agent": options.user_agent,
        "hostname": socket.gethostname(),
        "description": f"Crawl of {site.outlet_en} ({site.domain})",
    }
    if options.seal.operator:
        info["operator"] = options.seal.operator
    return info


def write_stats(spool: Path, summary: Summary, counters: Mapping[str, Any], *, began: datetime) -> None:
    """Write stats.json into the run's folder: summary, counters, versions. Raises ArchiveError."""
    record = summary.record() | {
        "began": began.isoformat(),
        "ended": datetime.now(UTC).isoformat(),
        "python": sys.version.split()[0],
        "counters": {name: count for name, count in counters.items() if isinstance(count, int | float | str)},
        "versions": {name: version(name) for name in LIBRARIES},
    }
    keep_stats(spool, summary.run_id, record)


def keep_stats(spool: Path, run_id: str, record: dict[str, Any]) -> None:
    """Write a run's stats.json, whole or not at all: a torn one would be delivered. Raises ArchiveError."""
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    write_evidence(spool, run_key(run_id, STATS), f"{text}\n".encode())


class RunLog:
    """The run's own copy of the log from INFO on, delivered with its other files."""

    def __init__(self, path: Path, form: str) -> None:
        """Begin to write in logging's format `form`. The file gets the name `path` when it is closed."""
        path.parent.mkdir(parents=True, mode=0o700)
        self.path = path
        self._handler = _QuietFileHandler(self.open_path, encoding="utf-8")
        self._handler.setFormatter(logging.Formatter(form))
        self._handler.setLevel(logging.INFO)
        logging.root.addHandler(self._handler)

    def close(self) -> None:
        """Stop writing, and give the file its final name."""
        logging.root.removeHandler(self._handler)
        self._handler.close()
        rename(self.open_path, self.path)

    @property
    def open_path(self) -> Path:
        """The path of the file until it is closed."""
        return open_name(self.path)


class _QuietFileHandler(logging.FileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - as logging calls it
        """Stop writing when the disk is full: the writer of the archive reports it, once for all lines."""
        self.setLevel(logging.CRITICAL + 1)
