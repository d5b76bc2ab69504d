"""Export a selection into one file, with a manifest beside it that names the selection and its sources."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

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

    Raises ArchiveError where the archive cannot be read or a file exists or cannot be written; then there is
    no new file.
    """
    beside = card_paths(target) if with_card else ()
    for path in (target, manifest_path(target), *beside):
        if path.exists():
            raise ArchiveError(f"{path} exists already; name another file, or move it away.")
    selected, tally = Selected(storage, asked), Tally()
    try:
        with new_file(target) as (sink, unfinished):
            write(sink, tally.counting(selected) if with_card else selected)
            sink.flush()
            size, sha256 = digest_file(unfinished)
            manifest = {
                "format": FORMAT,
                "made": datetime.now(UTC).isoformat(timespec="seconds"),
                "software": software,
                "schema_version": SCHEMA_VERSION,
                "archive": storage.address,
                "asked": asked.record(),
                "rows": selected.count,
                "output": {"name": target.name, "size": size, "sha256": sha256},
                "sources": [source.record() for source in selected.sources],
            }
            with new_file(manifest_path(target)) as (stream, _):
                stream.write((json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode())
        for path, filled in zip(beside, (card, citation), strict=False):
            today = datetime.now(UTC).date()
            with new_file(path) as (stream, _):
                stream.write(filled(tally, name=target.name, manifest=manifest, today=today).encode())
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written: {error.strerror or error}.") from error
    return Exported(rows=selected.count, tables=len(selected.sources), size=size)


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
