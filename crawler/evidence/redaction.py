"""Leaves the maker of a bundle out of a WACZ: only the answers of the sites stay, byte for byte."""

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast
from zipfile import ZipFile

from crawler.archive.draft import FIELDS_TYPE, draft_record, warc_fields
from crawler.archive.responses import read_responses
from crawler.archive.sorted_lines import SortedLines
from crawler.archive.warc_file import record_member
from crawler.evidence.holdings import Held
from crawler.wacz.bundle import Bundle, write_index

_KEPT = frozenset({"response", "revisit"})
_HEAD = 4_096  # bytes: more than the new warcinfo has
_PAGES = "pages/pages.jsonl"


def redact_wacz(source: Path, sink: BinaryIO, held: Sequence[Held], *, title: str, software: str) -> None:
    """Write a WACZ of the answers alone: no requests, metadata, settings or names of the operator."""
    with ZipFile(source) as whole, Bundle(sink) as bundle, SortedLines() as lines:
        for name in sorted({each.file for each in held}):
            of_file = [each for each in held if each.file == name and _is_answer(each)]
            if not of_file:
                continue
            filename = name.rpartition("/")[2].removesuffix(".warc.gz") + "-redacted.warc.gz"
            most = whole.getinfo(name).file_size + _HEAD
            with whole.open(name) as stream, bundle.member(f"archive/{filename}", most=most) as member:
                member.write(_warcinfo(filename))
                for each in of_file:
                    moved = each.line.moved(offset=member.size, filename=filename)
                    lines.add(f"{moved.text()}\n".encode("ascii"))
                    stream.seek(each.line.offset)
                    member.write(stream.read(each.line.length))
        write_index(bundle, lines)
        with whole.open(_PAGES) as pages, bundle.member(_PAGES, pack=True) as member:
            shutil.copyfileobj(pages, member)
        bundle.finish({"title": title, "software": software})


def traces(wacz: Path, names: Sequence[str]) -> Iterator[str]:
    """Yield the addresses of answers that hold one of these names: their bytes cannot be redacted."""
    needles = [name.encode("utf-8").lower() for name in names if name]
    with ZipFile(wacz) as bundle:
        for name in bundle.namelist():
            if name.startswith("archive/"):
                with bundle.open(name) as stream:
                    for response in read_responses(cast("BinaryIO", stream), name=name):
                        head = repr(response.http_headers).encode("utf-8", "replace").lower()
                        body = response.payload.lower()
                        if any(needle in head or needle in body for needle in needles):
                            yield response.uri


def _is_answer(held: Held) -> bool:
    return held.line.url.startswith(("http:", "https:")) and (
        held.line.is_revisit or held.line.status is not None
    )


def _warcinfo(filename: str) -> bytes:
    fields = {
        "format": "WARC File Format 1.1",
        "description": "Answers of sites out of an archive, without operator, requests and metadata.",
    }
    draft = draft_record(
        "warcinfo",
        datetime.now(UTC),
        [("WARC-Filename", filename)],
        FIELDS_TYPE,
        warc_fields(fields.items()),
    )
    return record_member(draft)
