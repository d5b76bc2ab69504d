"""Hold the date engine to the published table of date strings (date_strings.json)."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crawler.arabic.dates import Moment, find_moments, parse_moment

TABLE: list[dict[str, Any]] = json.loads(Path(__file__).with_name("date_strings.json").read_text("utf-8"))
ARAB_STATES = set("AE BH DJ DZ EG IQ JO KM KW LB LY MA MR OM PS QA SA SD SO SY TN YE".split())  # noqa: SIM905


def read(row: dict[str, Any]) -> Moment | None:
    return parse_moment(
        row["text"],
        zone=ZoneInfo(row["zone"]) if "zone" in row else None,
        fetched_at=datetime.fromisoformat(row["fetched_at"]) if "fetched_at" in row else None,
        country=row.get("country"),
        day_first=row.get("day_first"),
    )


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['text']} [{row['note']}]")
def test_row(row: dict[str, Any]) -> None:
    moment = read(row)
    found = (moment.value.isoformat(), moment.precision) if moment else (None, None)
    assert found == (row["expected"], row["precision"])


@pytest.mark.parametrize("row", [row for row in TABLE if row["expected"]], ids=lambda row: row["text"])
def test_a_moment_is_sound(row: dict[str, Any]) -> None:
    moment = read(row)
    assert moment is not None
    assert 0.5 <= moment.confidence <= 1
    assert moment.form
    assert moment.value.utcoffset() is not None
    if "fetched_at" in row:
        assert moment.value <= datetime.fromisoformat(row["fetched_at"]) + timedelta(days=1)


def test_a_found_moment_is_the_parsed_one() -> None:
    """In running text less is found than in a text that is a date, but never anything else."""
    found = 0
    for row in TABLE:
        zone = ZoneInfo(row["zone"]) if "zone" in row else None
        fetched = datetime.fromisoformat(row["fetched_at"]) if "fetched_at" in row else None
        moments = find_moments(
            row["text"],
            zone=zone,
            fetched_at=fetched,
            country=row.get("country"),
            day_first=row.get("day_first"),
        )
        parsed = read(row)
        if parsed and moments:
            found += 1
            assert parsed.value in {moment.value for moment, *_ in moments}, row["text"]
    assert found > len(TABLE) / 2


def test_the_table_covers_what_it_promises() -> None:
    assert len(TABLE) >= 220
    assert {row["country"] for row in TABLE if "country" in row} >= ARAB_STATES
    assert sum(row["expected"] is None for row in TABLE) >= 60
    forms = {moment.form for row in TABLE if (moment := read(row))}
    assert forms >= {
        "iso",
        "epoch",
        "named-month",
        "dual-month",
        "numeric",
        "hijri",
        "hijri+gregorian",
        "relative",
    }
