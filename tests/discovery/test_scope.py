"""articles.txt, others.txt: addresses as Arabic outlets write them, the words written for these tables."""

import string
from pathlib import Path
from urllib.parse import quote

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.scope import Scope
from crawler.discovery.shape import leads_nowhere, looks_like_article
from crawler.urls import MAX_URL

TABLES = Path(__file__).parent
ARTICLES = (TABLES / "articles.txt").read_text("utf-8").split()

OTHERS = (TABLES / "others.txt").read_text("utf-8").split()


@pytest.mark.parametrize("url", ARTICLES)
def test_article(url: str) -> None:
    assert looks_like_article(url)


@pytest.mark.parametrize("url", ARTICLES)
def test_article_in_percent_escapes_of_either_case(url: str) -> None:
    escaped = quote(url, safe=string.punctuation)
    assert looks_like_article(escaped)
    assert looks_like_article(escaped.replace("%D8", "%d8").replace("%D9", "%d9"))


@pytest.mark.parametrize("url", OTHERS)
def test_no_article(url: str) -> None:
    assert not looks_like_article(url)
    assert not looks_like_article(quote(url, safe=string.punctuation))


@pytest.mark.parametrize(
    ("url", "nowhere"),
    [
        ("https://news.example/سياسة-الخصوصية", True),
        ("https://news.example/wp-content/style.css", True),
        ("https://news.example/login", True),
        ("https://news.example/tag/رياضة", True),
        ("https://news.example/about.html", True),
        ("https://news.example/category/رياضة", False),
        ("https://news.example/Section/سياسة/319/1", False),
        ("https://news.example/رياضة", False),
        ("https://[", True),
    ],
)
def test_leads_nowhere(url: str, nowhere: bool) -> None:  # noqa: FBT001
    assert leads_nowhere(url) is nowhere


@pytest.mark.parametrize(
    ("url", "port", "inside"),
    [
        ("https://paper.example/", None, True),
        ("http://paper.example/a", None, True),
        ("https://www.paper.example/a", None, True),
        ("https://ar.paper.example:8443/a", None, True),
        ("https://PAPER.example./a", None, True),
        ("https://paper.example.org/", None, False),
        ("https://wastepaper.example/", None, False),
        ("https://paper.example@other.example/", None, False),
        ("https://other.example/paper.example/", None, False),
        ("ftp://paper.example/", None, False),
        ("mailto:editor@paper.example", None, False),
        ("/relative", None, False),
        ("https://[paper.example/", None, False),
        ("https://paper.example:port/", None, False),
        ("http://paper.example:8001/", 8001, True),
        ("http://paper.example:8002/", 8001, False),
        ("http://paper.example/", 8001, False),
        ("http://paper.example/", 80, True),
        ("https://paper.example/", 443, True),
    ],
)
def test_on_site(url: str, port: int | None, inside: bool) -> None:  # noqa: FBT001
    assert Scope(domain="paper.example", port=port).on_site(url) is inside


def test_www_in_the_domain_changes_nothing() -> None:
    assert Scope(domain="www.paper.example").on_site("https://paper.example/")


def test_arabic_host_in_either_spelling() -> None:
    domain = idna.encode("صحيفة.example").decode("ascii")
    scope = Scope(domain=domain)
    assert scope.on_site(f"https://{domain}/a")
    assert scope.on_site("https://صحيفة.example/a")


@pytest.mark.parametrize(
    ("pattern", "url", "article"),
    [
        (r"/خبر/\d+", "https://paper.example/%D8%AE%D8%A8%D8%B1/7", True),
        (r"/خبر/\d+", "https://paper.example/خبر/7", True),
        (r"/خبر/\d+", "https://paper.example/%CE%C8%D1/7", True),
        (r"/خبر/\d+", "https://paper.example/2020/01/03/من-الأخبار", False),
        (r"/tag/", "https://paper.example/tag/1", True),
        (r".", "https://paper.example/" + "a" * MAX_URL, False),
    ],
)
def test_pattern_decides_where_there_is_one(pattern: str, url: str, article: bool) -> None:  # noqa: FBT001
    assert Scope(domain="paper.example", article_url=pattern).is_article(url) is article


@given(st.text(max_size=80) | st.text(alphabet="ht:p/?#[]@%.0123456789-_ابتpage", max_size=80))
def test_any_text_has_an_answer(text: str) -> None:
    scope = Scope(domain="paper.example")
    for url in (text, f"https://paper.example/{text}"):
        assert scope.on_site(url) in (True, False)
        assert scope.is_article(url) in (True, False)
        assert leads_nowhere(url) in (True, False)
