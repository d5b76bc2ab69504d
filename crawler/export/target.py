"""The file and the format that a user names for an export."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from crawler.errors import UsageError
from crawler.export.writers import ENDINGS, FORMATS, Rows, write_csv_with_bom

STDOUT = "-"


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Where an export goes, and the function that writes its format."""

    path: Path | None  # None: stdout
    write: Callable[[BinaryIO, Rows], None]


def target_of(output: str, form: str | None, *, bom: bool) -> Target:
    """Return the target for the values of --output, --format and --bom. Raises UsageError."""
    path = Path(output)
    if output == STDOUT:
        form = form or "jsonl"
    elif output.endswith("/") or path.is_dir():
        form = form or "parquet"
        path /= f"articles{next(ending for ending, name in ENDINGS.items() if name == form)}"
    else:
        form = form or ENDINGS.get(path.suffix.lower())
    if form is None:
        raise UsageError(
            f"The ending of {output} is that of no format; add --format, or {' '.join(ENDINGS)}."
        )
    if bom and form != "csv":
        raise UsageError(f"--bom is for CSV; {'stdout' if output == STDOUT else path.name} will be {form}.")
    write = write_csv_with_bom if bom else FORMATS[form]
    if output == STDOUT:
        return Target(path=None, write=write)
    if not path.parent.is_dir():
        raise UsageError(f"There is no folder {path.parent} to write {path.name} into.")
    return Target(path=path, write=write)
