"""Each recorded case comes out as its expected record says."""

from datetime import datetime
from typing import Any

import pytest

from crawler.arabic.decoding import decode
from crawler.extraction import explain, extract
from crawler.items import Article, Rejection

from .cases import load, names


def _published(article: Article, expected: dict[str, Any]) -> tuple[Any, Any]:
    wanted = expected["published"]
    if len(wanted) == len("2025-03-18"):
        return (article.published.date().isoformat() if article.published else None), wanted
    return article.published, datetime.fromisoformat(wanted)


@pytest.mark.parametrize("name", names())
def test_case(name: str) -> None:
    page, site, expected = load(name)
    result = extract(page, site)
    if "reason" in expected:
        assert isinstance(result, Rejection), result
        assert result.reason == expected["reason"]
        return
    assert isinstance(result, Article), result
    assert result.text.split("\n") == expected["text"]
    assert result.title == expected["title"]
    got, wanted = _published(result, expected)
    assert got == wanted, explain(page, site).fields["published"]
    for field in ("authors", "section", "tags", "subtitle", "agency", "dateline"):
        if field in expected:
            assert getattr(result, field) == expected[field], explain(page, site).fields[field]
    if "precision" in expected:
        assert result.published_precision == expected["precision"]
    if "modified" in expected:
        assert result.modified is not None
        assert result.modified.date().isoformat() == expected["modified"]
    if "canonical" in expected:
        assert result.canonical_url == expected["canonical"]
    if "encoding" in expected:
        assert decode(page.body, page.content_type).encoding == expected["encoding"]
    assert not [one for one in expected.get("must_not_contain", ()) if one in result.text]
    assert set(expected.get("authors_include", ())) <= set(result.authors)
    assert expected.get("layers", {}).items() <= result.layers.items()
