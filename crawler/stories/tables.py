"""The derived tables in `stories/`: one row for each article of a story, for each pair, for each story.

They are replaced as a whole, the summary last; readers take the names of the tables from it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from crawler.storage import Storage
from crawler.storage.base import digest_file
from crawler.storage.durable import write_file

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "stories"
SUMMARY = f"{FOLDER}/summary.json"
FORMAT = "warraq-stories/1"
PICTURE = f"{FOLDER}/wire.svg"
_GROUP = 50_000  # rows in memory at once

# Name, type and meaning of each column; docs/stories.md shows this text.
TABLES: dict[str, dict[str, tuple[str, str]]] = {
    "stories": {
        "story": ("string", "id of the story: that of the first version of its first captured article"),
        "articles": ("int64", "number of articles"),
        "outlets": ("int64", "number of different outlets"),
        "title": ("string", "title of the first captured article"),
        "first_captured": ("string", "when this archive first saw the story"),
        "first_published": ("string", "the earliest publication of its articles; null if no date is known"),
        "source_kind": ("string", "likely source: agency, outlet or unknown"),
        "source": ("string", "its name"),
        "evidence": ("string", "what the source was concluded from"),
        "merged": ("list", "ids of stories that became part of this one when a later article joined them"),
    },
    "articles": {
        "story": ("string", "id of the story"),
        "id": ("string", "id of the article's newest version"),
        "ids": ("list", "ids of all its versions, the first captured first"),
        "canonical_url": ("string", "address of the article"),
        "site": ("string", "its site in the archive"),
        "outlet": ("string", "name of the outlet"),
        "title": ("string", "its title"),
        "published": ("string", "date of publication; null if it is not certain"),
        "first_captured": ("string", "when this archive first saw the article"),
        "order_published": ("int64", "place by date of publication, from 1; null without a date"),
        "order_captured": ("int64", "place by first capture, from 1"),
        "words": ("int64", "length in words"),
        "in_first": ("double", "share of this article's fingerprints that the first captured article has"),
        "of_first": ("double", "share of the first captured article's fingerprints that this one has"),
        "shared_paragraphs": ("ints", "paragraphs, counted from 0, that the first captured article has too"),
    },
    "pairs": {
        "first": ("string", "id of the article that was captured first"),
        "second": ("string", "id of the other"),
        "shared": ("double", "weight of the fingerprints that both have"),
        "first_in_second": ("double", "share of the first one's weight that the second has"),
        "second_in_first": ("double", "the reverse"),
    },
    "wire": {
        "source_kind": ("string", "agency or outlet"),
        "source": ("string", "its name"),
        "outlet": ("string", "an outlet that printed stories of this source"),
        "stories": ("int64", "number of stories"),
        "median_minutes": ("double", "median time after the first publication; null if dates are unknown"),
        "median_kept": ("double", "median share of the first captured article that the outlet kept"),
    },
    "left_out": {
        "id": ("string", "id of an article that joins no story"),
        "canonical_url": ("string", "its address"),
        "reason": ("string", "round-up (by its title, or it alone connects three stories), or live"),
    },
}  # fmt: skip


def schema(table: str) -> "pa.Schema":
    """Return the schema of a table."""
    import pyarrow as pa  # noqa: PLC0415

    types = {
        "string": pa.string(),
        "int64": pa.int64(),
        "double": pa.float64(),
        "list": pa.list_(pa.string()),
        "ints": pa.list_(pa.int64()),
    }
    return pa.schema([(name, types[kind]) for name, (kind, _) in TABLES[table].items()])


def write_tables(
    storage: Storage,
    rows: dict[str, Callable[[], Iterable[dict[str, Any]]]],
    *,
    picture: str,
    summary: dict[str, Any],
) -> None:
    """Replace the tables of an archive by these rows, its picture and its summary. Raises ArchiveError."""
    with TemporaryDirectory(prefix="warraq-stories-") as name:
        folder = Path(name)
        files = {}
        for table in TABLES:
            path = folder / f"{table}.parquet"
            count = _write(path, table, rows[table]())
            size, sha256 = digest_file(path)
            files[table] = {"key": f"{FOLDER}/{path.name}", "rows": count, "size": size, "sha256": sha256}
            storage.put(f"{FOLDER}/{path.name}", path, sha256, replace=True)
        _put_bytes(storage, PICTURE, picture.encode(), folder)
        whole = {"format": FORMAT, **summary, "tables": files}
        _put_bytes(
            storage, SUMMARY, (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode(), folder
        )


def _write(path: Path, table: str, rows: Iterable[dict[str, Any]]) -> int:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    count, batch = 0, []
    with pq.ParquetWriter(path, schema(table), compression="zstd", write_page_checksum=True) as writer:
        for row in rows:
            batch.append(row)
            count += 1
            if len(batch) == _GROUP:
                writer.write_table(pa.Table.from_pylist(batch, schema=schema(table)))
                batch = []
        writer.write_table(pa.Table.from_pylist(batch, schema=schema(table)))
    return count


def _put_bytes(storage: Storage, key: str, data: bytes, folder: Path) -> None:
    path = folder / key.rpartition("/")[2]
    write_file(path, data)
    storage.put(key, path, hashlib.sha256(data).hexdigest(), replace=True)
