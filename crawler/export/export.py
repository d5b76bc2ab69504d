"""Export a selection into one file, with a manifest beside it that names the selection and its sources."""

import json
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from crawler.errors import ArchiveError
from crawler.export.asked import Asked
from crawler.export.card import CARD, CITATION, Tally, card, citation
from crawler.export.sources import Selected
from crawler.export.writers import Rows
from crawler.storage import Storage
from crawler.storage.base import digest_file
from crawler.storage.durable import new_file
from crawler.tables.columns import SCHEMA_VERSION

FORMAT = "warraq-export/1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """The size of an export."""

    rows: int
    tables: int  # that were searched
    size: int  # bytes


def manifest_path(target: Path) -> Path:
    """Return the path of an export's manifest."""
    return target.with_name(f"{target.name}.manifest.json")


def card_paths(target: Path) -> tuple[Path, Path]:
    """Return the paths of an export's dataset card and citation, which have fixed names."""
    return target.with_name(CARD), target.with_name(CITATION)


def left_out_path(target: Path) -> Path:
    """Return the path of the list of what `--distinct` left out."""
    return target.with_name(f"{target.name}.left-out.jsonl")


def export(
    storage: Storage,
    asked: Asked,
    target: Path,
    write: Callable[[BinaryIO, Rows], None],
    *,
    software: str,
    with_card: bool = False,
) -> Exported:
    """Write a selection into a new file, and its manifest beside it; `with_card`, the card and citation too.

    For a selection with `distinct`, the list of what it left out is written beside the file. Raises
    ArchiveError where the archive cannot be read or a file exists or cannot be written; then there is no new
    file.
    """
    named = card_paths(target) if with_card else ()
    lists = (left_out_path(target),) if asked.distinct else ()
    for path in (target, manifest_path(target), *named, *lists):
        if path.exists():
            raise ArchiveError(f"{path} exists already; name another file, or move it away.")
    tally = Tally()
    try:
        with ExitStack() as stack:
            sinks = [stack.enter_context(new_file(path))[0] for path in lists]
            selected = Selected(storage, asked, _lines(sinks[0]) if sinks else None)
            sink, unfinished = stack.enter_context(new_file(target))
            write(sink, tally.counting(selected) if with_card else selected)
            sink.flush()
            manifest = _manifest(storage, asked, selected, target, digest_file(unfinished), software)
            with new_file(manifest_path(target)) as (stream, _):
                stream.write((json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode())
        for path, filled in zip(named, (card, citation), strict=False):
            today = datetime.now(UTC).date()
            with new_file(path) as (stream, _):
                stream.write(filled(tally, name=target.name, manifest=manifest, today=today).encode())
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written: {error.strerror or error}.") from error
    return Exported(rows=selected.count, tables=len(selected.sources), size=manifest["output"]["size"])


def _manifest(
    storage: Storage, asked: Asked, selected: Selected, target: Path, digest: tuple[int, str], software: str
) -> dict[str, Any]:
    manifest = {
        "format": FORMAT,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "software": software,
        "schema_version": SCHEMA_VERSION,
        "archive": storage.address,
        "asked": asked.record(),
        "rows": selected.count,
        "output": {"name": target.name, "size": digest[0], "sha256": digest[1]},
        "sources": [source.record() for source in selected.sources],
    }
    if selected.withheld_count:
        manifest["withheld"] = selected.withheld_count  # rows of the searched tables
    if asked.distinct:
        manifest["left_out"] = {"name": left_out_path(target).name, "rows": selected.left_out_count}
    return manifest


def _lines(sink: BinaryIO) -> Callable[[dict[str, Any]], None]:
    """Return a function that writes each value as a line of JSON."""

    def write(value: dict[str, Any]) -> None:
        sink.write((json.dumps(value, ensure_ascii=False) + "\n").encode())

    return write


def export_to_stream(
    storage: Storage, asked: Asked, sink: BinaryIO, write: Callable[[BinaryIO, Rows], None]
) -> Exported:
    """Write a selection to a stream, without a manifest. Raises ArchiveError, OSError."""
    selected = Selected(storage, asked)
    with TemporaryFile(prefix="warraq-export-") as file:  # the end of a Parquet file points back into it
        write(file, selected)
        size = file.tell()
        file.seek(0)
        shutil.copyfileobj(file, sink)
    sink.flush()
    return Exported(rows=selected.count, tables=len(selected.sources), size=size)
