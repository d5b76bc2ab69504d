import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.survey.pattern import article_pattern

HOST = "https://paper.example"

SHAPES: list[tuple[list[str], list[str], str | None]] = [
    (
        ["/2026/01/05/a-b/", "/2026/01/17/c-d/", "/2025/12/09/خبر/"],
        ["/category/x/"],
        r"/\d{4}/\d{2}/\d{2}/[^/?]+",
    ),
    (
        ["/story/2026/8/24/أ/49", "/story/2026/10/4/ب/50", "/story/2026/1/1/ت/51"],
        [],
        r"/story/\d{4}/\d+/\d+/[^/?]+/\d+",
    ),
    (["/article/1/a", "/article/22/b", "/article/333/c"], ["/article/"], r"/article/\d+/[^/?]+"),
    (["/local/12-a", "/sport/345-b", "/local/6-c"], ["/local"], r"/[^/?]+/\d+-[^/?]+"),
    (["/n/1.html", "/n/2.html", "/n/3.html"], [], r"/n/[^/?]+\.html"),
    (["/archives/1", "/archives/2", "/archives/3", "/archives/4", "/about-us/x/y"], [], r"/archives/\d+"),
    (["/a-b-c", "/d-e-f", "/g-h-i"], [], None),  # no pattern
    (["/article/1/a", "/article/2/b"], [], None),  # too few
    (["/1/a", "/2/b", "/3/c/d", "/4/c/d"], [], None),  # of no one shape
    (["/x/1", "/x/2", "/x/3"], ["/x/9"], None),  # would take a list for an article
    ([], [], None),
]


@pytest.mark.parametrize(("articles", "lists", "pattern"), SHAPES)
def test_the_shape_that_addresses_share(articles: list[str], lists: list[str], pattern: str | None) -> None:
    found = article_pattern([HOST + path for path in articles], [HOST + path for path in lists])
    assert found == pattern


@given(
    st.lists(
        st.from_regex(r"/[a-z0-9ا-ي.+()\[\]\\\"'{}-]{1,12}(/[a-z0-9ا-ي.%+*-]{1,12}){0,3}", fullmatch=True)
    )
)
def test_a_pattern_is_a_pattern_and_finds_what_it_was_told_from(paths: list[str]) -> None:
    urls = [HOST + path for path in paths]
    pattern = article_pattern(urls)
    if pattern is not None:
        assert '"' not in pattern
        assert sum(re.search(pattern, url) is not None for url in urls) >= 3
