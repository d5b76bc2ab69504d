"""Records the decision to withhold a page, or to show it again, in a run of its own."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.archive.names import new_run_id, run_key
from crawler.errors import ArchiveError, InvalidUrlError, UsageError
from crawler.run.sealing import Seal
from crawler.run.small_run import BUILDING, alone, deliver_small_runs
from crawler.storage import Storage
from crawler.tables.reader import newest_first, read_table
from crawler.tables.subject import Subject
from crawler.tables.withheld import NAME, Decision, withheld
from crawler.urls import canonical_url

MAX_REASON = 2_000  # characters
_WORK = "withholding"
_COLUMNS = ("id", "version_id", "url", "canonical_url", "images", "further_pages")
_BATCH = 4_096


def decide(
    storage: Storage, subject: Subject, *, withhold: bool, reason: str, operator: str | None
) -> Decision:
    """Make a decision about a page; nothing is written.

    Raises UsageError where the decision makes no sense, and ArchiveError.
    """
    if len(reason) > MAX_REASON:
        raise UsageError(f"The reason has more than {MAX_REASON:,} characters.")
    now = withheld(storage)
    page = _page(subject)
    rows = list(_rows(storage, subject.site, page))
    if withhold == (page in now.pages):
        state = "withheld already" if withhold else "not withheld"
        raise UsageError(f"{page} is {state}.")
    before = now.pages.get(page)
    urls = {page, *_addresses(rows), *(before.urls if before else ())}
    return Decision(
        withhold=withhold,
        site=subject.site,
        page=page,
        urls=tuple(sorted(urls)),
        ids=tuple(sorted({row[key] for row in rows for key in ("id", "version_id") if row[key]})),
        reason=reason,
        operator=operator,
        moment=datetime.now(UTC),
    )


def record(storage: Storage, spool: Path, decision: Decision, *, seal: Seal, attempts: int) -> str:
    """Deliver a run that holds the decision, with its manifest; return its id.

    Raises ArchiveError; a decision that is not delivered stays in the spool, and the next call delivers it.
    """
    archive = hashlib.sha256(storage.address.encode()).hexdigest()[:8]
    folder = spool / f"{_WORK}-{archive}"
    with alone(folder, _WORK):
        deliver_small_runs(storage, folder, _WORK, seal=seal, attempts=attempts)
        run_id = new_run_id(decision.site, decision.moment)
        work = folder / f"{run_id}{BUILDING}"
        stats = {
            "kind": "withholding",
            "run_id": run_id,
            "site": decision.site,
            "withhold": decision.withhold,
        }
        try:
            (work / "runs" / run_id).mkdir(parents=True)
            (work / run_key(run_id, NAME)).write_bytes(decision.to_bytes())
            text = json.dumps(stats, indent=1, sort_keys=True)
            (work / run_key(run_id, "stats.json")).write_text(f"{text}\n", encoding="utf-8")
            work.rename(folder / run_id)
        except OSError as error:
            raise ArchiveError(f"The spool {folder} cannot be written: {error.strerror}.") from error
        deliver_small_runs(storage, folder, _WORK, seal=seal, attempts=attempts)
    return run_id


def _page(subject: Subject) -> str:
    """Return the canonical address of a page."""
    try:
        return subject.row["canonical_url"] if subject.row else canonical_url(subject.url)
    except InvalidUrlError as error:
        raise UsageError(str(error)) from error


def _rows(storage: Storage, site: str, page: str) -> Iterator[dict[str, Any]]:
    for entry in newest_first(storage, site):
        for row in read_table(storage, entry, _COLUMNS, batch=_BATCH):
            if row["canonical_url"] == page:
                yield row


def _addresses(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the addresses of an article, its further pages and its pictures."""
    for row in rows:
        yield row["url"]
        yield from row["images"] or ()
        yield from (each["url"] for each in json.loads(row["further_pages"] or "[]"))
