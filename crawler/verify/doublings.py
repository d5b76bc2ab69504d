"""Name the rows of `articles/` that store a version of an article again."""

from collections.abc import Iterator
from pathlib import Path

from crawler.archive.names import ARTICLES_FOLDER
from crawler.storage import Entry, Storage
from crawler.tables.doublings import find_doubled
from crawler.verify.faults import Code, Findings
from crawler.verify.inventory import Inventory


def check_doublings(storage: Storage, inventory: Inventory, folder: Path) -> Iterator[Findings]:
    """Yield the findings of each table with a doubled row; lines are sorted on disk in `folder`."""
    replaced = {fault.file for fault in inventory.faults if fault.code is Code.SUPERSEDED}
    tables = [
        Entry(key, size)
        for key, size in sorted(inventory.listed.items())
        if key.startswith(f"{ARTICLES_FOLDER}/") and key.endswith(".parquet") and key not in replaced
    ]
    found: dict[str, Findings] = {}
    for row in find_doubled(storage, tables, folder):
        findings = found.setdefault(row.key, Findings(row.key))
        there = "this table" if row.first == row.key else row.first
        findings.fault(
            Code.DOUBLED,
            f"Row {row.number} ({row.id[:32]}) stores again what {there} stores: this version of the article "
            "has two rows.",
        )
    yield from found.values()
