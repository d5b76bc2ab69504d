"""Writes the parts of a bundle into its ZIP file."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

from crawler import __version__
from crawler.archive.draft import warc_date
from crawler.archive.records import WarcReader
from crawler.archive.signing import Signer
from crawler.evidence.claims import Shape
from crawler.evidence.custody import custody
from crawler.evidence.facts import Facts, Picture
from crawler.evidence.holdings import holdings_of_redacted
from crawler.evidence.parcel import SUMS, SUMS_SIGNATURE, Parcel
from crawler.evidence.report import report
from crawler.evidence.stamps import certificate_file
from crawler.storage import Storage

_MAX_PICTURE = 200_000_000  # bytes
_ARCHIVE = "archive/"


def write_bundle(
    sink: BinaryIO, storage: Storage, facts: Facts, shape: Shape, wacz: Path, signer: Signer | None
) -> None:
    """Write everything; the list of digests and its signature are last. Raises ArchiveError, OSError."""
    now = datetime.now(UTC)
    with Parcel(sink) as parcel:
        parcel.add_path("page.wacz", wacz)
        _add_article(parcel, facts)
        _add_pictures(parcel, storage, facts, shape)
        if not shape.redacted:
            _add_archive(parcel, storage, facts, shape)
        parcel.add("subject.txt", _subject(facts, shape))
        rows = holdings_of_redacted(wacz) if shape.redacted else [held.row() for held in facts.held]
        parcel.add("records.txt", "".join(f"{row}\n" for row in rows).encode("ascii"))
        steps = custody(facts, now=now, software=f"Warraq {__version__}", redact=shape.redacted)
        parcel.add("custody.json", _json([step.record() for step in steps]))
        parcel.add("verify.sh", files("crawler.evidence").joinpath("verify.sh").read_bytes())
        names = [*parcel.sums, SUMS]
        picture = _content(storage, facts, "picture.png")
        parcel.add("report.html", report(facts, shape, steps, names, picture))
        sums = parcel.sums_file()
        parcel.add(SUMS, sums)
        if signer is not None and shape.signed_with:
            parcel.add(SUMS_SIGNATURE, signer.sign(sums))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"


def _add_article(parcel: Parcel, facts: Facts) -> None:
    row = facts.subject.row
    if row is not None:
        parcel.add("article.json", _json(row))
        parcel.add("article.txt", str(row["text"]).encode("utf-8"))


def _add_archive(parcel: Parcel, storage: Storage, facts: Facts, shape: Shape) -> None:
    """Add files as the archive holds them, below archive/, and what their signatures are checked with."""
    keys = {held.index for held in facts.held}
    for run in facts.chains.runs.values():
        keys |= set(run.keys())
    keys |= {picture.warc for picture in facts.pictures}
    if shape.whole_files:
        keys |= {held.warc for held in facts.held}
    for key in sorted(keys):
        parcel.add_key(f"{_ARCHIVE}{key}", storage, key)
    for key_id, pem in sorted(facts.keys.items()):
        parcel.add(f"keys/{key_id}.pem", pem)
    certificates = {certificate for stamp in facts.stamps.values() for certificate in stamp.certificates}
    for name, pem in sorted(certificate_file(each) for each in certificates | set(facts.roots)):
        parcel.add(name, pem)


def _add_pictures(parcel: Parcel, storage: Storage, facts: Facts, shape: Shape) -> None:
    for picture in facts.pictures:
        parcel.add(picture.name, _read(storage, picture))
    if facts.pictures and not shape.redacted:
        rows = (f"{each.name} {each.warc} {each.offset} {each.length}\n" for each in facts.pictures)
        parcel.add("pictures.txt", "".join(rows).encode("ascii"))


def _content(storage: Storage, facts: Facts, name: str) -> bytes | None:
    found = (picture for picture in facts.pictures if picture.name == name)
    picture = next(found, None)
    return _read(storage, picture) if picture else None


def _read(storage: Storage, picture: Picture) -> bytes:
    with storage.open(picture.warc, picture.offset, picture.length) as stream:
        record = next(iter(WarcReader(stream, name=picture.warc)))
        data = bytearray()
        while len(data) < _MAX_PICTURE and (piece := record.block.read()):
            data += piece
    return bytes(data)


def _subject(facts: Facts, shape: Shape) -> bytes:
    lines = _subject_lines(facts, shape)
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def _subject_lines(facts: Facts, shape: Shape) -> Iterator[str]:
    subject = facts.subject
    yield "format=warraq-evidence/1"
    yield f"url={facts.head.get('warc-target-uri', subject.url)}"
    yield f"record_id={subject.record_id}"
    yield f"moment={facts.head.get('warc-date') or warc_date(subject.moment)}"
    if shape.redacted:
        yield "redacted=yes"
