"""The export of a search: exactly what is seen, in the formats of scrapy export."""

import csv
import io
import json
import re
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest

from crawler.tables.columns import COLUMNS
from tests.browse.opened import Room

QUERY = f"q={quote('مياه')}&sort=newest"


def seen(room: Room, query: str) -> list[str]:
    """The ids of the articles on all pages of a search, in order."""
    ids: list[str] = []
    for number in range(1, 10):
        found = re.findall(
            r'<h2><a href="/article/([0-9a-f]{32})"', room.get(f"/search?{query}&page={number}").text
        )
        ids += found
        if not found:
            break
    return ids


@pytest.mark.parametrize("query", [QUERY, "sort=oldest", "site=barada_example&month=2026-01", "q=zzzzzz"])
def test_the_export_holds_what_is_seen_in_its_order(room: Room, query: str) -> None:
    answer = room.get(f"/export.jsonl?{query}&page=2")
    assert answer.status == 200
    rows = [json.loads(line) for line in answer.body.splitlines()]
    assert [row["version_id"] for row in rows] == seen(room, query)
    assert all(list(row) == list(COLUMNS) for row in rows)


def test_formats(room: Room) -> None:
    ids = seen(room, QUERY)
    table = pq.read_table(io.BytesIO(room.get(f"/export.parquet?{QUERY}").body))
    assert table["version_id"].to_pylist() == ids
    rows = list(csv.DictReader(io.StringIO(room.get(f"/export.csv?{QUERY}").text)))
    assert [row["version_id"] for row in rows] == ids
    texts = room.get(f"/export.txt?{QUERY}")
    assert texts.text.count("\n\n") == len(ids)
    assert texts.headers["content-disposition"] == 'attachment; filename="warraq.txt"'
