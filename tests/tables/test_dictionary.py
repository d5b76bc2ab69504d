"""What is written about the columns is what the columns are."""

import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pytest

from crawler.tables import dictionary as meanings
from crawler.tables.columns import COLUMNS, SCHEMA_VERSION, SCHEMA_VERSIONS, Kind
from crawler.tables.dictionary import Meaning, dictionary
from crawler.tables.table_file import ARTICLES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/data-dictionary.md"
# SHA-256 over the columns of each version. A new column is a new version: add its line, here and to
# SCHEMA_VERSIONS; those that are there do not change any more.
COLUMNS_OF = {
    2: "270d0f5acecb3e668974ef4306dbee8210073f0b5662558d1f3b976d0ad840c4",
    3: "c749ddc5ca4f408db49f35ebedc780f701521e48726fe069adff3ccd46d5f554",
    4: "2e242553a21ae17a9945feaa889dbb09879d3d27cbd245b8c1dc669daf2b157f",
    5: "2e242553a21ae17a9945feaa889dbb09879d3d27cbd245b8c1dc669daf2b157f",  # `site` left the files
    6: "223d3cb9517289327113364a378f36b72d1e1528a86d71b3eda60f27976a8cf9",
}


def test_the_document_is_what_the_code_says() -> None:
    assert DOCUMENT.read_text("utf-8") == "".join(f"{line}\n" for line in dictionary()), (
        "run: python -m crawler.tables.dictionary > docs/data-dictionary.md"
    )


def test_every_column_has_a_meaning_and_no_other() -> None:
    assert [name for name, meaning in meanings.meanings().items() if not meaning.text] == []
    assert meanings.words()["columns"].keys() <= COLUMNS.keys()


def test_a_column_that_nobody_described_has_the_words_beside_its_field(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(meanings.words()["columns"], "dateline")
    assert meanings.meanings()["dateline"] == Meaning("The city that opens the text.")


@pytest.mark.parametrize(
    ("name", "meaning"), [pair for pair in meanings.meanings().items() if pair[1].example]
)
def test_examples_are_of_their_columns_kind(name: str, meaning: Meaning) -> None:
    kinds = {
        Kind.TEXT: str, Kind.MOMENT: str, Kind.INTEGER: int, Kind.NUMBER: float,
        Kind.TEXT_LIST: list, Kind.TEXT_MAP: dict,
    }  # fmt: skip
    assert isinstance(meaning.example, kinds[COLUMNS[name].kind])


def test_the_version_rises_with_the_columns() -> None:
    layout = json.dumps([[name, column.kind.name, column.required] for name, column in COLUMNS.items()])
    assert list(SCHEMA_VERSIONS) == list(range(1, SCHEMA_VERSION + 1))
    assert hashlib.sha256(layout.encode()).hexdigest() == COLUMNS_OF[SCHEMA_VERSION], (
        "the columns have changed: raise SCHEMA_VERSION"
    )


def test_types_are_those_that_every_reader_knows() -> None:
    """Spark has no nanoseconds, no unsigned integers, no large strings; it reads no Arrow dictionaries."""
    allowed = {pa.string(), pa.int64(), pa.float64()}
    for column in ARTICLES:
        kinds = {column.type}
        if pa.types.is_list(column.type):
            kinds = {column.type.value_type}
        elif pa.types.is_map(column.type):
            kinds = {column.type.key_type, column.type.item_type}
        assert kinds <= allowed, column
    assert not ARTICLES.metadata
