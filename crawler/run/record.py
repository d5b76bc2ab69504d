"""What a run says of itself: in the head of its WARC files, and in its stats.json."""

import json
import socket
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scrapy.settings import BaseSettings

from crawler import __version__
from crawler.archive.names import run_key
from crawler.archive.signing import write_evidence
from crawler.run.summary import Summary
from crawler.site import Site

STATS = "stats.json"
LIBRARIES = ("scrapy", "trafilatura", "twisted", "warcio")


def warcinfo_of(settings: BaseSettings, site: Site) -> dict[str, str]:
    """Who crawls what, with which software and manners: the fields of warcinfo records."""
    info = {
        "software": f"Warraq/{__version__} Scrapy/{version('scrapy')} warcio/{version('warcio')}",
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        "http-header-user-agent": settings["USER_AGENT"],
        "hostname": socket.gethostname(),
        "description": f"Crawl of {site.outlet_en} ({site.domain})",
    }
    if settings["OPERATOR"]:
        info["operator"] = settings["OPERATOR"]
    return info


def write_stats(spool: Path, summary: Summary, counters: Mapping[str, Any], *, began: datetime) -> None:
    """The summary, all counters and versions, into the run's corner of the spool. Raises ArchiveError."""
    record = summary.record() | {
        "began": began.isoformat(),
        "ended": datetime.now(UTC).isoformat(),
        "python": sys.version.split()[0],
        "counters": {name: count for name, count in counters.items() if isinstance(count, int | float | str)},
        "versions": {name: version(name) for name in LIBRARIES},
    }
    keep_stats(spool, summary.run_id, record)


def keep_stats(spool: Path, run_id: str, record: dict[str, Any]) -> None:
    """A run's stats.json, whole or not at all: a torn one would be delivered. Raises ArchiveError."""
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    write_evidence(spool, run_key(run_id, STATS), f"{text}\n".encode())
