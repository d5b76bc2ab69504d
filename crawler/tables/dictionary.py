"""Makes docs/data-dictionary.md from the code and from meanings.json.

python -m crawler.tables.dictionary > docs/data-dictionary.md

Types, and whether a column may be null, are the code's own. A column without an entry in meanings.json has
the comment beside its field in `crawler/items.py`.
"""

import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from crawler.tables.columns import COLUMNS, SCHEMA_VERSION, SCHEMA_VERSIONS, Column, Kind

_TYPES = {
    Kind.TEXT: "string",
    Kind.MOMENT: "string, RFC 3339",
    Kind.INTEGER: "int64",
    Kind.NUMBER: "double",
    Kind.TEXT_LIST: "list<string>",
    Kind.TEXT_MAP: "map<string, string>",
}

_COMMENT = re.compile(r"^    (\w+): [^#\n]*#\s*(.+)$", re.MULTILINE)


class Meaning(NamedTuple):
    """The meaning of a column, and an example."""

    text: str
    example: Any = None  # a value as in JSON; None: none is given


@cache
def words() -> dict[str, Any]:
    """Read meanings.json: the parts of the document that the code cannot give."""
    text = resources.files(__package__).joinpath("meanings.json").read_text("utf-8")
    value: dict[str, Any] = json.loads(text)
    return value


def meanings() -> dict[str, Meaning]:
    """Return the meaning of every column, in their order."""
    written, comments = words()["columns"], _comments()
    return {
        name: Meaning(written[name]["meaning"], written[name]["example"])
        if name in written
        else Meaning(comments.get(name, ""))
        for name in COLUMNS
    }


def _comments() -> dict[str, str]:
    source = resources.files("crawler").joinpath("items.py").read_text("utf-8")
    article = source.partition("class Article:")[2].partition("\n    def ")[0]
    return {name: f"{text[0].upper()}{text[1:]}." for name, text in _COMMENT.findall(article)}


def dictionary() -> Iterator[str]:
    """Yield the lines of the document."""
    texts = words()
    yield "<!-- Made by: python -m crawler.tables.dictionary > docs/data-dictionary.md -->"
    yield from ("# Data dictionary", "", *texts["before the columns"], "")
    yield from ("| column | type | may be null | meaning | example |", "|---|---|---|---|---|")
    yield from (_row(name, meaning) for name, meaning in meanings().items())
    for paragraph in texts["behind the columns"]:
        yield from ("", paragraph)
    yield from ("", "## The schema's version", "")
    yield from (f"This is version {SCHEMA_VERSION}. Every file says in its metadata:", "")
    yield from ("| key | value |", "|---|---|")
    yield from (f"| `{key}` | {value} |" for key, value in texts["metadata"].items())
    yield from ("", *texts["promises"], "")
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
