"""An export: the file, and beside it what was asked, from which files, and what came of it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from crawler.errors import ArchiveError
from crawler.export.asked import Asked
from crawler.export.sources import Selected
from crawler.export.writers import Rows
from crawler.storage import Storage
from crawler.storage.base import digest_file
from crawler.storage.durable import new_file
from crawler.tables.columns import SCHEMA_VERSION

FORMAT = "warraq-export/1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """What was written."""

    rows: int
    tables: int  # that were looked through
    size: int  # bytes
    sha256: str


def manifest_path(target: Path) -> Path:
    """Beside the file."""
    return target.with_name(f"{target.name}.manifest.json")


def export(
    storage: Storage, asked: Asked, target: Path, write: Callable[[BinaryIO, Rows], None], *, software: str
) -> Exported:
    """Write a selection to a new file, and its manifest beside it. Raises ArchiveError; no file then."""
    for path in (target, manifest_path(target)):
        if path.exists():
            raise ArchiveError(f"{path} is there already; name another file, or move it away.")
    selected, counted = Selected(storage, asked), 0

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal counted
        for row in selected:
            counted += 1
            yield row

    try:
        with new_file(target) as (sink, unfinished):
            write(sink, rows())
            sink.flush()
            size, sha256 = digest_file(unfinished)
            manifest = {
                "format": FORMAT,
                "made": datetime.now(UTC).isoformat(timespec="seconds"),
                "software": software,
                "schema_version": SCHEMA_VERSION,
                "archive": storage.address,
                "asked": asked.record(),
                "rows": counted,
                "output": {"name": target.name, "size": size, "sha256": sha256},
                "sources": [source.record() for source in selected.sources],
            }
            with new_file(manifest_path(target)) as (paper, _):
                paper.write((json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode())
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written: {error.strerror or error}.") from error
    return Exported(rows=counted, tables=len(selected.sources), size=size, sha256=sha256)
