"""Runs by name: `<yyyymmddHHMMSS>-<site>-<six hex digits>`, in UTC. Pure but for the storage it is given."""

import json
import re
import secrets
from datetime import UTC, datetime

from crawler.storage import Storage

_MOST_STATS = 10_000_000  # bytes
_RUN = re.compile(r"(\d{14})-([a-z0-9][a-z0-9_-]{0,62})-[0-9a-f]{6}")


def new_run_id(site: str, now: datetime) -> str:
    """A name that no other run has, and that sorts by time."""
    return f"{now.astimezone(UTC):%Y%m%d%H%M%S}-{site}-{secrets.token_hex(3)}"


def site_of_run(run_id: str) -> str | None:
    """The site that a run's name tells, or None where it is no run's name."""
    run = _RUN.fullmatch(run_id)
    return run[2] if run else None


def beginning_of_run(run_id: str) -> datetime:
    """When a run began, by its name. Raises ValueError where it is no run's name."""
    return datetime.strptime(run_id.partition("-")[0], "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def last_runs(storage: Storage) -> dict[str, str]:
    """For each site, when the newest crawl that the archive holds began (RFC 3339)."""
    newest: dict[str, str] = {}
    for name in sorted(storage.list_names("runs/"), reverse=True):
        run = _RUN.fullmatch(name.rstrip("/"))
        if run is not None and run[2] not in newest and _is_crawl(storage, run[0]):
            newest[run[2]] = beginning_of_run(run[0]).isoformat()
    return newest


def _is_crawl(storage: Storage, run_id: str) -> bool:
    """Compactions and reextractions are runs, too, and say so."""
    folder = f"runs/{run_id}/"
    if "stats.json" not in storage.list_names(folder):
        return True
    with storage.open(f"{folder}stats.json") as stream:
        text = stream.read(_MOST_STATS)
    try:
        return "kind" not in json.loads(text)
    except ValueError:
        return True
