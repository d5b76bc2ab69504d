"""The columns are the fields of an Article, and a row that does not fit them is refused with the reason."""

import types
from dataclasses import fields
from datetime import datetime
from typing import Any, get_args, get_type_hints

import pyarrow as pa
import pytest

from crawler.items import ARTICLE_FIELDS, Article
from crawler.tables.columns import fault
from crawler.tables.table_file import ARTICLES
from tests.articles import MakeArticle

KINDS = {str: pa.string(), datetime: pa.string(), int: pa.int64(), float: pa.float64()}


def test_columns_are_the_fields_in_their_order() -> None:
    assert tuple(ARTICLES.names) == ARTICLE_FIELDS


@pytest.mark.parametrize("name", ARTICLE_FIELDS)
def test_each_column_holds_what_its_field_holds(name: str) -> None:
    column, hint = ARTICLES.field(name), get_type_hints(Article)[name]
    kinds = get_args(hint) if isinstance(hint, types.UnionType) else (hint,)

    assert column.nullable == (type(None) in kinds)
    if list[str] in kinds:
        assert column.type.value_type == pa.string()
    elif dict[str, str] in kinds:
        assert (column.type.key_type, column.type.item_type) == (pa.string(), pa.string())
    else:
        assert column.type == KINDS[next(kind for kind in kinds if kind is not type(None))]


def test_an_article_fits(article: MakeArticle) -> None:
    assert fault(article().record()) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", None),
        ("title", 7),
        ("country", 7),
        ("word_count", "10"),
        ("word_count", True),
        ("word_count", 1.0),
        ("word_count", 2**63),
        ("http_status", None),
        ("authors", None),
        ("authors", "أحمد"),
        ("authors", ["أحمد", None]),
        ("layers", {"title": None}),
        ("layers", [["title", "json-ld"]]),
        ("published", "2026-11-21"),
        ("published", "2026-11-21T10:00:00"),
        ("published", "2026-11-21T10:00:00+02:05:09"),
        ("published", "2026-13-21T10:00:00Z"),
        ("published", "../2026-11-21T10:00:00Z"),
        ("fetched_at", None),
    ],
)
def test_values_that_do_not_fit(article: MakeArticle, name: str, value: Any) -> None:
    wrong = fault(article().record() | {name: value})

    assert wrong is not None
    assert wrong.startswith(f"{name} must be ")


def test_fields_too_few_or_too_many(article: MakeArticle) -> None:
    record = article().record()

    assert "missing: ['title']" in (fault({name: record[name] for name in record if name != "title"}) or "")
    assert "unknown: ['opinion']" in (fault(record | {"opinion": "x"}) or "")
    assert fault([]) == "it is no JSON object"


def test_every_field_is_checked(article: MakeArticle) -> None:
    for each in fields(Article):
        assert fault(article().record() | {each.name: object()}) is not None
