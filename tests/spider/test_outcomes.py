"""Which failures a better moment may mend: a list that failed so is asked again by the next run."""

import pytest

from crawler.spider.outcomes import is_passing


@pytest.mark.parametrize(
    ("reason", "passing"),
    [
        ("timeout", True),
        ("http-503", True),
        ("http-429", True),
        ("run-ended", True),  # it was never asked, so nothing of it was read
        ("robots-unreachable", True),
        ("robots", False),
        ("http-404", False),
        ("too-large", False),
    ],
)
def test_passing(reason: str, *, passing: bool) -> None:
    assert is_passing(reason) is passing
