"""Articles to export."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.items import Article

MakeArticle = Callable[..., Article]


@pytest.fixture
def article() -> MakeArticle:
    """Make an article; what is not given is invented."""

    def make(**given: Any) -> Article:
        values: dict[str, Any] = {
            "id": "0" * 32,
            "url": "https://warraq.example/1",
            "canonical_url": "https://warraq.example/1",
            "site": "warraq_example",
            "outlet": "ورّاق",
            "title": "سوق الورّاقين",
            "text": "كان في بغداد مئة حانوت للورّاقين.\nوكان كلّ حانوت مجلسًا.",
            "word_count": 10,
            "text_sha256": "0" * 64,
            "fetched_at": datetime(2026, 11, 21, 22, 55, tzinfo=UTC),
            "http_status": 200,
            "extractor": "warraq 0.1",
            "rules_digest": "0" * 16,
        }
        return Article(**(values | given))

    return make
