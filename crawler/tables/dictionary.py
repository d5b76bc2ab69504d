"""docs/data-dictionary.md out of the code.

python -m crawler.tables.dictionary > docs/data-dictionary.md
"""

import json
import sys
from collections.abc import Iterator

from crawler.tables.columns import COLUMNS, SCHEMA_VERSION, SCHEMA_VERSIONS, Column, Kind
from crawler.tables.meanings import Meaning, meanings, words

_TYPES = {
    Kind.TEXT: "string",
    Kind.MOMENT: "string, RFC 3339",
    Kind.INTEGER: "int64",
    Kind.NUMBER: "double",
    Kind.TEXT_LIST: "list<string>",
    Kind.TEXT_MAP: "map<string, string>",
}


def dictionary() -> Iterator[str]:
    """The document, line by line."""
    said = words()
    yield "<!-- Made by: python -m crawler.tables.dictionary > docs/data-dictionary.md -->"
    yield from ("# Data dictionary", "", *said["before the columns"], "")
    yield from ("| column | type | may be null | meaning | example |", "|---|---|---|---|---|")
    yield from (_row(name, meaning) for name, meaning in meanings().items())
    for paragraph in said["behind the columns"]:
        yield from ("", paragraph)
    yield from ("", "## The schema's version", "")
    yield from (f"This is version {SCHEMA_VERSION}. Every file says in its metadata:", "")
    yield from ("| key | value |", "|---|---|")
    yield from (f"| `{key}` | {value} |" for key, value in said["metadata"].items())
    yield from ("", *said["promises"], "")
    yield from ("| version | since then |", "|---|---|")
    yield from (f"| {version} | {what} |" for version, what in SCHEMA_VERSIONS.items())


def _row(name: str, meaning: Meaning) -> str:
    column = COLUMNS[name]
    example = "" if meaning.example is None else json.dumps(meaning.example, ensure_ascii=False)
    cells = f"`{name}`", _TYPES[column.kind], _null(column), meaning.text, example and f"`{example}`"
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _null(column: Column) -> str:
    if not column.required:
        return "yes"
    return "no, may be empty" if column.kind in {Kind.TEXT_LIST, Kind.TEXT_MAP} else "no"


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", "⏎")


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in dictionary())
