"""The failures after which the next run asks for a page or a list again."""

import pytest

from crawler.spider.pages import may_come


@pytest.mark.parametrize(
    ("reason", "again"),
    [
        ("timeout", True),
        ("http-503", True),
        ("http-429", True),
        ("run-ended", True),  # the site was not asked
        ("robots-unreachable", True),
        ("robots", False),
        ("http-404", False),
        ("too-large", False),
    ],
)
def test_what_is_asked_for_again(reason: str, *, again: bool) -> None:
    assert may_come(reason) is again
