"""What each column of an article means, with an example; the words themselves are in meanings.json.

Types, and whether a column may be null, are the code's own (`crawler.tables.columns`). A column without
words there has those of the comment beside its field in `crawler/items.py`.
"""

import json
import re
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from crawler.tables.columns import COLUMNS

_COMMENT = re.compile(r"^    (\w+): [^#\n]*#\s*(.+)$", re.MULTILINE)


class Meaning(NamedTuple):
    """What a column says."""

    text: str
    example: Any = None  # a value as in JSON; None: none is given


@cache
def words() -> dict[str, Any]:
    """Everything that docs/data-dictionary.md says and the code does not."""
    text = resources.files(__package__).joinpath("meanings.json").read_text("utf-8")
    value: dict[str, Any] = json.loads(text)
    return value


def meanings() -> dict[str, Meaning]:
    """Of every column, in their order."""
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
