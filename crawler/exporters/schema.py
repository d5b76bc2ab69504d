"""What a row of `articles/` is: the columns of an Article, and what each may hold.

Moments are strings in RFC 3339 with the zone they were given in: a Parquet timestamp would keep the instant
and lose the zone. `layers` is a map; pyarrow's `to_pylist` and pandas give a map as a list of pairs.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa

SCHEMA_VERSION = 1  # raised whenever a column is added, dropped or means something else

_INTEGER = (-(2**63), 2**63 - 1)
_TEXT_LIST = pa.list_(pa.field("element", pa.string(), nullable=False))
_TEXT_MAP = pa.map_(pa.string(), pa.field("value", pa.string(), nullable=False))


def _required(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


ARTICLES = pa.schema(
    [
        _required("id", pa.string()),
        _required("url", pa.string()),
        _required("canonical_url", pa.string()),
        _required("site", pa.string()),
        _required("outlet", pa.string()),
        pa.field("country", pa.string()),
        pa.field("language", pa.string()),
        _required("title", pa.string()),
        pa.field("subtitle", pa.string()),
        _required("authors", _TEXT_LIST),
        pa.field("agency", pa.string()),
        pa.field("dateline", pa.string()),
        pa.field("published", pa.string()),
        pa.field("published_source", pa.string()),
        pa.field("published_precision", pa.string()),
        pa.field("modified", pa.string()),
        _required("section", _TEXT_LIST),
        _required("tags", _TEXT_LIST),
        _required("text", pa.string()),
        _required("images", _TEXT_LIST),
        _required("links", _TEXT_LIST),
        _required("word_count", pa.int64()),
        _required("text_sha256", pa.string()),
        _required("fetched_at", pa.string()),
        _required("http_status", pa.int64()),
        pa.field("warc_file", pa.string()),
        pa.field("warc_offset", pa.int64()),
        pa.field("warc_length", pa.int64()),
        pa.field("warc_record_id", pa.string()),
        pa.field("payload_digest", pa.string()),
        pa.field("run_id", pa.string()),
        _required("extractor", pa.string()),
        _required("rules_digest", pa.string()),
        _required("layers", _TEXT_MAP),
    ]
)
_MOMENTS = frozenset({"published", "modified", "fetched_at"})
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})")


def fault(record: object) -> str | None:
    """What is wrong with a row, in words; None where nothing is.

    A row has exactly the columns of the schema, each of its type: pyarrow itself would drop what it does not
    know and fill what is missing.
    """
    if not isinstance(record, dict):
        return "it is no JSON object"
    if record.keys() != _COLUMNS.keys():
        missing, unknown = _COLUMNS.keys() - record.keys(), record.keys() - _COLUMNS.keys()
        return f"fields missing: {sorted(missing)}, unknown: {sorted(unknown)}"
    for name, column in _COLUMNS.items():
        value = record[name]
        if not (column.fits(value) or (column.may_be_absent and value is None)):
            return f"{name} must be {column.wanted}; it is {repr(value)[:100]}"
    return None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and _INTEGER[0] <= value <= _INTEGER[1]


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


class _Column(NamedTuple):
    fits: Callable[[object], bool]
    wanted: str
    may_be_absent: bool


def _column(field: pa.Field) -> _Column:
    if field.name in _MOMENTS:
        return _Column(_is_moment, "a moment with zone (RFC 3339)", field.nullable)
    fits, wanted = {
        pa.string(): (_is_text, "a text"),
        pa.int64(): (_is_integer, "an integer of 64 bits"),
        _TEXT_LIST: (_is_text_list, "a list of texts"),
        _TEXT_MAP: (_is_text_map, "an object of texts"),
    }[field.type]
    return _Column(fits, wanted, field.nullable)


_COLUMNS = {field.name: _column(field) for field in ARTICLES}
