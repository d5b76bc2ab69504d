"""Reextract one site, from the list of its WARC files to the manifest; it continues after a kill."""

import asyncio
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from crawler.archive.names import ARTICLES_FOLDER, new_run_id
from crawler.errors import ArchiveError, UsageError
from crawler.reextract.changes import Tally
from crawler.reextract.generation import Generation, ReadRecord, read_records
from crawler.reextract.publishing import Destination, choose, publish
from crawler.reextract.reading import Reader, read_site
from crawler.reextract.workbook import Workbook
from crawler.run.sealing import Seal
from crawler.storage import Storage
from crawler.tables.reader import read_table, tables

FOLDER = "reextraction"  # in the spool; no run has this name, and no other command uses the folder


@dataclass(frozen=True, kw_only=True, slots=True)
class Reextracted:
    """The result for a site."""

    site: str
    run_id: str
    tally: Tally
    no_article: dict[str, int]  # number of pages by reason
    problems: list[str]  # sentences about what is missing
    read: int  # pages that this process read; others were read before an interruption
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The values that are the same for every site."""

    storage: Storage
    spool: Path
    generation: Generation
    rules: str  # see reading_digest
    reader: Reader
    runner: asyncio.Runner  # its event loop is the reader's
    seal: Seal
    attempts: int


def sites_of(storage: Storage) -> list[str]:
    """Return the names of the sites with WARC files. Raises ArchiveError where there are none."""
    sites = [name.removesuffix("/") for name in storage.list_names("warc/")]
    if not sites:
        raise ArchiveError(f"The archive {storage.address} holds no WARC files; there is nothing to read.")
    return sites


def reextract(
    plan: Plan, site: str, *, on_start: Callable[[int], object] = int, on_bytes: Callable[[int], object] = int
) -> Reextracted | None:
    """Read a site's articles again; return None where the generation is complete.

    `on_start` gets the bytes of the WARC files to read, `on_bytes` the number of bytes since its last call.
    Raises ArchiveError, and UsageError where other rules made the generation.
    """
    began = time.monotonic()
    records = read_records(plan.storage, plan.generation, site)
    _check_rules(plan, {record.rules for record in records})
    archive = sha256(plan.storage.address.encode()).hexdigest()[:8]
    folder = plan.spool / FOLDER / f"{plan.generation.name}-{archive}" / site
    with Workbook(folder / "work.sqlite") as workbook:
        _prepare(plan, site, workbook, records)
        warcs, before = workbook.warcs(), workbook.count()
        if warcs:
            on_start(sum(warcs.values()))
            plan.runner.run(read_site(plan.reader, plan.storage, site, workbook, on_bytes))
            to = Destination(
                storage=plan.storage,
                spool=folder,
                generation=plan.generation,
                site=site,
                run_id=workbook.fact("run_id", ""),
                seal=plan.seal,
                attempts=plan.attempts,
            )
            if not workbook.has_fact("chosen"):
                choose(workbook)
                workbook.fact("chosen", "yes")
                workbook.commit()
            tally = publish(workbook, to)
            done = Reextracted(
                site=site,
                run_id=to.run_id,
                tally=tally,
                no_article=workbook.reasons(),
                problems=[*workbook.problems(), *_losses(workbook)],
                read=workbook.count() - before,
                seconds=time.monotonic() - began,
            )
    shutil.rmtree(folder)
    return done if warcs else None


def _check_rules(plan: Plan, rules: set[str]) -> None:
    if rules - {plan.rules}:
        raise UsageError(
            f"The generation {plan.generation.name} was made by other rules than today's; "
            "name another with --generation."
        )


def _prepare(plan: Plan, site: str, workbook: Workbook, records: list[ReadRecord]) -> None:
    """Fill a new workbook, in one transaction; a later start finds it."""
    now = datetime.now(UTC)
    if not workbook.has_fact("prepared"):
        for entry in tables(plan.storage, ARTICLES_FOLDER, site):
            workbook.remember(read_table(plan.storage, entry))
        for entry in tables(plan.storage, plan.generation.folder, site):
            workbook.hold(read_table(plan.storage, entry, ["warc_file", "warc_offset", "id"]))
        read = {key for record in records for key in record.warcs}
        entries = plan.storage.list(f"warc/{site}/")
        workbook.plan(
            (entry.key, entry.size)
            for entry in entries
            if entry.key.endswith(".warc.gz") and entry.key not in read
        )
        workbook.fact("rules", plan.rules)
        workbook.fact("run_id", new_run_id(site, now))
        workbook.fact("began", now.isoformat())
        workbook.fact("prepared", "yes")
        workbook.commit()
    _check_rules(plan, {workbook.fact("rules", plan.rules)})


def _losses(workbook: Workbook) -> list[str]:
    """Return sentences about articles that are missing for another reason than the rules."""
    found = []
    if unmet := workbook.unmet():
        found.append(f"{unmet:,} articles point to records that are missing or are not article pages.")
    failed = {why: n for why, n in workbook.reasons().items() if why.startswith("extraction-")}
    if failed:
        reasons = ", ".join(f"{why} {count:,}" for why, count in failed.items())
        found.append(f"{sum(failed.values()):,} pages could not be read ({reasons}).")
    return found
