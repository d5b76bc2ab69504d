"""The columns of a row in `articles/`: one for each field of an Article, with its type.

Derived from the types of the fields, so that a new field is written down once. Does not use pyarrow.
"""

import re
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from enum import Enum
from math import isfinite
from types import NoneType, UnionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from crawler.items import Article

# A column that is added may be null: tables and journals of older versions lack it. docs/data-dictionary.md
# promises a new version whenever a column is added, dropped or means something else.
SCHEMA_VERSIONS = {
    1: "the first columns",
    2: "`previous_id`",
    3: "`text_agreement`",
    4: "`further_pages`",
    5: "files of an archive have no column `site`: the folder and the metadata name it",
    6: "`version_id`, `previous_version_id`, `changed`, `partial`, `image_digests`",
}
SCHEMA_VERSION = max(SCHEMA_VERSIONS)

_INTEGER = (-(2**63), 2**63 - 1)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})")


class Kind(Enum):
    """The type of a column, as error messages name it."""

    TEXT = "a text"
    INTEGER = "an integer of 64 bits"
    NUMBER = "a number of 64 bits"
    TEXT_LIST = "a list of texts"
    TEXT_MAP = "an object of texts"
    MOMENT = "a moment with zone (RFC 3339)"


class Column(NamedTuple):
    """One column."""

    kind: Kind
    required: bool  # never null


_KINDS: dict[Any, Kind] = {
    str: Kind.TEXT,
    int: Kind.INTEGER,
    float: Kind.NUMBER,
    list[str]: Kind.TEXT_LIST,
    dict[str, str]: Kind.TEXT_MAP,
    datetime: Kind.MOMENT,
}


def _column(annotation: Any) -> Column:
    if get_origin(annotation) is UnionType:
        [kind] = [each for each in get_args(annotation) if each is not NoneType]
        return Column(_KINDS[kind], required=False)
    return Column(_KINDS[annotation], required=True)


_HINTS = get_type_hints(Article)
COLUMNS: dict[str, Column] = {field.name: _column(_HINTS[field.name]) for field in fields(Article)}


def completed(record: object) -> Any:
    """Add the columns that an older version of the schema lacked to a row, as None, in the columns' order.

    Returns anything else as it is; `fault` finds it.
    """
    if not isinstance(record, dict):
        return record
    later = {name: None for name, column in COLUMNS.items() if not column.required and name not in record}
    if not later:
        return record
    whole = record | later
    return {name: whole[name] for name in (*COLUMNS, *(whole.keys() - COLUMNS.keys())) if name in whole}


def fault(record: object) -> str | None:
    """Return what is wrong with a row, in words; None where it fits.

    A row has exactly the columns, each of its type. pyarrow would drop an unknown field and fill a missing
    one.
    """
    if not isinstance(record, dict):
        return "it is no JSON object"
    if record.keys() != COLUMNS.keys():
        missing, unknown = COLUMNS.keys() - record.keys(), record.keys() - COLUMNS.keys()
        return f"fields missing: {sorted(missing)}, unknown: {sorted(unknown)}"
    for name, column in COLUMNS.items():
        value = record[name]
        if not (_FITS[column.kind](value) or (value is None and not column.required)):
            return f"{name} must be {column.kind.value}; it is {repr(value)[:100]}"
    return None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and _INTEGER[0] <= value <= _INTEGER[1]


def _is_number(value: object) -> bool:
    return isinstance(value, float) and isfinite(value)


def _is_text_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_text_map(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for pair in value.items() for each in pair)


def _is_moment(value: object) -> bool:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


_FITS: dict[Kind, Callable[[object], bool]] = {
    Kind.TEXT: _is_text,
    Kind.INTEGER: _is_integer,
    Kind.NUMBER: _is_number,
    Kind.TEXT_LIST: _is_text_list,
    Kind.TEXT_MAP: _is_text_map,
    Kind.MOMENT: _is_moment,
}
