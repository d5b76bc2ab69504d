"""Keeps the pictures of a page in the archive: conversion records in a run of their own."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler import __version__
from crawler.archive.draft import FIELDS_TYPE, Draft, draft_record, sha256, warc_date, warc_fields
from crawler.archive.exchange import now as utc_now
from crawler.archive.names import new_run_id, new_warc_key, run_key
from crawler.archive.run_records import draft_closing, draft_warcinfo
from crawler.archive.warc_file import Placed, WarcFile
from crawler.errors import ArchiveError
from crawler.picture.kept import LIST, Kept, as_json
from crawler.picture.rendering import Rendering
from crawler.run.sealing import Seal
from crawler.run.small_run import BUILDING, alone, deliver_small_runs
from crawler.storage import Storage
from crawler.tables.subject import Subject

_WORK = "picture"


def keep(
    storage: Storage, spool: Path, subject: Subject, rendering: Rendering, *, seal: Seal, attempts: int
) -> tuple[str, list[Kept]]:
    """Write the pictures into a new run, and deliver it; return its id and the places of the pictures.

    Raises ArchiveError; what is complete stays in the spool, and the next call delivers it.
    """
    archive = hashlib.sha256(storage.address.encode()).hexdigest()[:8]
    folder = spool / f"{_WORK}-{archive}"
    with alone(folder, _WORK):
        deliver_small_runs(storage, folder, _WORK, seal=seal, attempts=attempts)
        now = utc_now()
        run_id = new_run_id(subject.site, now)
        work = folder / f"{run_id}{BUILDING}"
        try:
            kept = _build(work, run_id, subject, rendering, now, seal.operator)
            work.rename(folder / run_id)
        except OSError as error:
            raise ArchiveError(f"The spool {folder} cannot be written: {error.strerror}.") from error
        deliver_small_runs(storage, folder, _WORK, seal=seal, attempts=attempts)
    return run_id, kept


def _build(
    work: Path, run_id: str, subject: Subject, rendering: Rendering, now: datetime, operator: str | None
) -> list[Kept]:
    key = new_warc_key(subject.site, run_id, opened=now, serial=0)
    name = key.rpartition("/")[2]
    info = {
        "software": f"Warraq/{__version__} {rendering.software}",
        "description": "Pictures of an archived page, rendered later from its record; not of the live site",
    }
    info |= {"operator": operator} if operator else {}
    warcinfo = draft_warcinfo(name, run_id=run_id, info=info, date=now)
    file = WarcFile(work, key)
    file.append([warcinfo])
    kept = []
    for kind, data in (("image/png", rendering.png), ("application/pdf", rendering.pdf)):
        drafts = _drafts(subject, rendering, kind, data, now, warcinfo.record_id)
        kept.append(_kept(file.append(drafts)[0], key, subject, rendering, now))
    file.append(
        [draft_closing(run_id, [(name, warcinfo.record_id)], date=now, warcinfo_id=warcinfo.record_id)]
    )
    file.close()
    folder = work / "runs" / run_id
    folder.mkdir(parents=True)
    (folder / LIST).write_bytes(as_json(kept))
    stats = {"kind": "picture", "run_id": run_id, "site": subject.site, "url": subject.url}
    stats |= _details(rendering)
    text = json.dumps(stats, ensure_ascii=False, indent=1, sort_keys=True)
    (work / run_key(run_id, "stats.json")).write_text(f"{text}\n", encoding="utf-8")
    return kept


def _drafts(
    subject: Subject, rendering: Rendering, kind: str, data: bytes, now: datetime, warcinfo_id: str
) -> Sequence[Draft]:
    """Draft the picture, and a metadata record that says how it was made."""
    common = [("WARC-Warcinfo-ID", warcinfo_id), ("WARC-Target-URI", subject.url)]
    refers = [("WARC-Refers-To", subject.record_id)]
    picture = draft_record("conversion", now, [*common, *refers], kind, data, payload_digest=sha256(data))
    origin = f"the record of {warc_date(subject.moment)}"
    notes = {
        "description": f"Rendered later from {origin}, by {rendering.software}",
        "software": rendering.software,
        **{name.replace("_", "-"): str(value) for name, value in _details(rendering).items()},
    }
    about = [*common, ("WARC-Refers-To", picture.record_id), ("WARC-Concurrent-To", picture.record_id)]
    return [picture, draft_record("metadata", now, about, FIELDS_TYPE, warc_fields(notes.items()))]


def _details(rendering: Rendering) -> Mapping[str, Any]:
    return {
        "scripts": "as archived" if rendering.runs_scripts else "off",
        "width": rendering.width,
        "height": rendering.height,
        "is_cut": rendering.is_cut,
        "requests_answered": rendering.answered,
        "requests_missing": len(rendering.missing),
    }


def _kept(place: Placed, key: str, subject: Subject, rendering: Rendering, now: datetime) -> Kept:
    return Kept(
        kind=place.draft.content_type or "",
        warc_file=key,
        warc_offset=place.offset,
        warc_length=place.length,
        refers_to=subject.record_id,
        url=subject.url,
        moment=now,
        software=rendering.software,
    )
