"""What a version of an article is, as the data dictionary says it, and which rows store one again."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.tables.versions import Facets, Row, doubled, row_of, version_id

ROW: dict[str, Any] = {
    "id": "0" * 32,
    "canonical_url": "https://paper.example/1/",
    "text_sha256": "ab" * 32,
    "title": "عنوان",
    "authors": ["سامي", "ريم"],
    "rules_digest": "none",
}


def test_the_id_is_what_the_dictionary_says() -> None:
    line = f'["https://paper.example/1/","{"ab" * 32}","عنوان","",["ريم","سامي"],false,[]]'
    assert version_id(ROW) == hashlib.sha256(line.encode()).hexdigest()[:32]
    line = line.replace('""', '"تفصيل"').replace("false,[]", 'true,["sha256:1","sha256:2"]')
    whole = ROW | {"subtitle": "تفصيل", "partial": "login", "image_digests": ["sha256:2", "sha256:1"]}
    assert version_id(whole) == hashlib.sha256(line.encode()).hexdigest()[:32]


@pytest.mark.parametrize(
    "same",
    [
        {"title": " عنوان\n"},
        {"authors": ["ريم", "سامي", "ريم"]},
        {"subtitle": ""},
        {"image_digests": []},
        {"images": ["https://other.example/1.jpg"]},
        {"published": "2026-01-01T00:00:00Z", "section": ["أخبار"]},
    ],
)
def test_what_makes_no_other_version(same: dict[str, Any]) -> None:
    assert version_id(ROW | same) == version_id(ROW)


def test_rows_of_older_schemas_have_a_version() -> None:
    assert row_of(ROW | {"previous_id": "1" * 32}) == Row(version_id(ROW), "0" * 32, "1" * 32)
    new = {"version_id": "2" * 32, "previous_id": "1" * 32, "previous_version_id": "3" * 32}
    assert row_of(ROW | new) == Row("2" * 32, "0" * 32, "3" * 32)


def rows(*pairs: str) -> Iterator[Row]:
    """`ba`: version b after version a; `a`: version a, the first."""
    return (Row(pair[0], pair[0].upper(), pair[1:]) for pair in pairs)


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ([], []),
        (["a"], []),
        (["a", "a"], [1]),
        (["a", "ba"], []),
        (["a", "ba", "ab", "ba"], []),  # an edit, reverted, and made again
        (["a", "ba", "ba"], [2]),
        (["a", "a", "ba", "ba", "ab", "ab"], [1, 3, 5]),
        (["a", "b"], []),  # two machines that found different versions first
        (["a", "ba", "a"], [2]),  # delivered late
        (["a", "bA", "aB", "bA"], []),  # older schemas name the id of the version before
        (["a", "bA", "bA"], [2]),
    ],
)
def test_doubled_rows(pairs: list[str], found: list[int]) -> None:
    assert doubled(rows(*pairs)) == found


@given(st.lists(st.sampled_from("abcd"), max_size=30))
def test_what_one_machine_stores_is_never_doubled(seen: list[str]) -> None:
    """It stores a version whenever it finds another one than at its last look."""
    stored, current = [], ""
    for version in seen:
        if version != current:
            stored.append(version + current)
            current = version
    assert doubled(rows(*stored)) == []
    twice = [pair for pair in stored for _ in range(2)]
    assert doubled(rows(*twice)) == list(range(1, len(twice), 2))


def test_facets_survive_the_ledger() -> None:
    facets = Facets.of_row(ROW | {"partial": "paywall", "image_digests": ["sha256:1"]})
    assert Facets.unpack(facets.pack()) == facets
    assert Facets.unpack(None) is None
    assert Facets.unpack(b"of another form") is None
