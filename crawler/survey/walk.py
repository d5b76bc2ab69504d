"""Check every outlet of the table, some at a time, and propose what to change in the table."""

import csv
import difflib
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib import resources
from typing import Any

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings

from crawler.registry.outlet import Outlet
from crawler.registry.table import COLUMNS, FOLDER, OUTLETS, PACKAGE, known_from_text, outlets

AT_ONCE = 4  # outlets, each on servers of its own
SECONDS_PER_OUTLET = 120  # then its process is killed; a check ends by itself after about half a minute
ASKED = "asked_site"  # the origin of a claim that the site itself confirmed

Report = Mapping[str, Any]  # of `scrapy check-site --json`; empty if the check gave none


def order(rows: Iterable[Outlet]) -> list[str]:
    """Return the names of outlets, those whose check is missing or oldest first."""
    return [row.name for row in sorted(rows, key=lambda row: (row.checked_on, row.name))]


def reports(
    names: Iterable[str], look: Callable[[str], Report], seconds: float | None
) -> Iterator[tuple[str, Report]]:
    """Yield the report of each outlet when it is there; start none after `seconds`."""
    deadline = None if seconds is None else time.monotonic() + seconds

    def checked(name: str) -> tuple[str, Report | None]:
        late = deadline is not None and time.monotonic() >= deadline
        return name, None if late else look(name)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for name, report in pool.map(checked, names):
            if report is not None:
                yield name, report


def look_with(settings: BaseSettings) -> Callable[[str], Report]:
    """Return a function that checks one outlet in a process of its own, with this command's `-s` settings."""
    given = [
        word
        for name, value in settings.copy_to_dict().items()
        if settings.getpriority(name) == SETTINGS_PRIORITIES["cmdline"]
        for word in ("-s", f"{name}={value}")
    ]

    def look(name: str) -> Report:
        command = [sys.executable, "-m", "scrapy", "check-site", name, "--json", *given]
        try:
            done = subprocess.run(  # noqa: S603 - our own command with a name out of our own table
                command, capture_output=True, timeout=SECONDS_PER_OUTLET, check=False
            )
            report: Report = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError):
            return {}
        return report

    return look


def verdict(report: Report) -> str:
    """Return one line that says how the check went."""
    if not report:
        return "the check gave no result"
    problems: list[str] = report["problems"]
    return "healthy" if report["healthy"] else problems[0]


def proposal(found: Mapping[str, Report], day: date, text: str | None = None) -> str:
    """Return a unified diff of the table (of `text`): checks that succeeded, and notes about the others.

    It is empty when nothing changes. `patch -p1` or `git apply` applies it.
    """
    before = resources.files(PACKAGE).joinpath(OUTLETS).read_text("utf-8") if text is None else text
    rows = list(csv.DictReader(io.StringIO(before, newline="")))
    for row in rows:
        if row["name"] in found:
            row.update(_changed(outlets()[row["name"]], row, found[row["name"]], day))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    name = f"{FOLDER}/{OUTLETS}"
    old, new = before.splitlines(keepends=True), file.getvalue().splitlines(keepends=True)
    return "".join(difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"))


def _changed(outlet: Outlet, row: Mapping[str, str], report: Report, day: date) -> dict[str, str]:
    """Return the cells that a check changes. A site with recorded pages stays `recorded`."""
    if not report or not report["healthy"]:
        note = f"{day}: {verdict(report)}"
        return {"notes": " ".join(filter(None, (row["notes"], note)))}
    domain = tuple(dict.fromkeys((*outlet.known_from["domain"], ASKED)))
    return {
        "checked": "recorded" if outlet.checked == "recorded" else "live",
        "checked_on": day.isoformat(),
        "known_from": known_from_text({**outlet.known_from, "domain": domain}),
    }
