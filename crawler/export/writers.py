"""Write an export in one of its formats; memory holds a batch of rows."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from crawler.tables.columns import COLUMNS

Rows = Iterable[dict[str, Any]]
# A spreadsheet reads a cell with one of these first as a formula, and a formula can open a connection.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BOM = b"\xef\xbb\xbf"


def write_jsonl(sink: BinaryIO, rows: Rows) -> None:
    """Write one JSON object a line, in UTF-8."""
    sink.writelines(
        json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for row in rows
    )


def write_csv(sink: BinaryIO, rows: Rows) -> None:
    """Write CSV (RFC 4180) with a header, in UTF-8; lists and maps are JSON.

    A text that a spreadsheet would read as a formula gets an apostrophe before it, the spreadsheets' own mark
    of a text.
    """
    text = io.TextIOWrapper(sink, encoding="utf-8", newline="", write_through=True)
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow([_cell(row[name]) for name in COLUMNS])
    text.detach()


def write_csv_with_bom(sink: BinaryIO, rows: Rows) -> None:
    """Write CSV after a byte order mark, by which Excel recognises UTF-8."""
    sink.write(_BOM)
    write_csv(sink, rows)


def write_text(sink: BinaryIO, rows: Rows) -> None:
    """Write title and paragraphs, one a line, and an empty line after each article, as in CC-100."""
    for row in rows:
        lines = (" ".join(line.split()) for line in f"{row['title']}\n{row['text']}".split("\n"))
        sink.write("".join(f"{line}\n" for line in lines if line).encode() + b"\n")


def write_parquet(sink: BinaryIO, rows: Rows) -> None:
    """Write one Parquet file with the schema of the articles."""
    from crawler.tables.table_file import sized, write_rows  # noqa: PLC0415 - loads pyarrow

    write_rows(sink, map(sized, rows), {})


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


FORMATS: dict[str, Callable[[BinaryIO, Rows], None]] = {
    "parquet": write_parquet,
    "jsonl": write_jsonl,
    "csv": write_csv,
    "text": write_text,
}
ENDINGS = {".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".txt": "text"}
