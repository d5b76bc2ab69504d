"""The further pages of an article: by the article's own address, and by no other."""

import pytest

from crawler.discovery.parts import is_part, may_go_on, next_part, part_behind
from crawler.discovery.source import Answer
from tests.discovery.reading import SITE

STORY = f"{SITE}/2026/03/04/story-0/"


@pytest.mark.parametrize(
    ("first", "further"),
    [
        (STORY, f"{STORY}2/"),
        (STORY, f"{STORY}2"),
        (STORY, f"{STORY}page/2/"),
        (STORY, f"{STORY}page-2"),
        (STORY, f"{STORY}?page=2"),
        (STORY, f"{STORY}?paged=2"),
        (f"{SITE}/خبر/1234567", f"{SITE}/%D8%AE%D8%A8%D8%B1/1234567/2"),
        (f"{SITE}/story.html", f"{SITE}/story-2.html"),
        (f"{SITE}/story.html", f"{SITE}/story_2.html"),
        (f"{SITE}/story.html", f"{SITE}/story/2.html"),
        (f"{SITE}/news.php?id=7", f"{SITE}/news.php?id=7&page=2"),
        (f"{SITE}/news.php?id=7", f"{SITE}/news.php?page=2&id=7"),
        (f"{SITE}/?p=7", f"{SITE}/?p=7&page=2"),
    ],
)
def test_further_pages(first: str, further: str) -> None:
    assert is_part(further, first, 2)
    assert not is_part(further, first, 3)
    assert not is_part(first, first, 2)


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (STORY, f"{SITE}/2026/03/04/story-2/"),  # the next article
        (STORY, f"{SITE}/2026/03/04/2/"),
        (STORY, f"{STORY}comment-page-2/"),
        (STORY, f"{STORY}2/print"),
        (STORY, f"{STORY}?replytocom=2"),
        (STORY, f"{STORY}?page=2&print=1"),
        (STORY, STORY.replace("paper.example", "other.example") + "2/"),
        (f"{SITE}/", f"{SITE}/2"),
        (f"{SITE}/?p=7", f"{SITE}/?p=2"),
        (f"{SITE}/news.php?id=7", f"{SITE}/news.php?id=2"),
    ],
)
def test_no_further_pages(first: str, other: str) -> None:
    assert not is_part(other, first, 2)


def answer(markup: str, url: str = STORY) -> Answer:
    return Answer(url=url, status=200, body=f"<html><body>{markup}</body></html>".encode())


@pytest.mark.parametrize(
    ("markup", "following"),
    [
        ('<a rel="next" href="2/">التالي</a>', f"{STORY}2/"),
        (f'<link rel="next" href="{STORY}2/">', f"{STORY}2/"),
        ('<div class="page-links">1 <a href="2/">2</a> <a href="3/">3</a></div>', f"{STORY}2/"),
        ('<div class="page-links">١ <a href="2/">٢</a></div>', f"{STORY}2/"),
        ('<a rel="next" href="/2026/03/05/other/">التالي</a>', None),
        (
            '<a rel="next" href="/2026/03/05/other/">x</a><nav class="pager"><a href="2/">2</a></nav>',
            f"{STORY}2/",
        ),
        ('<div class="pagination"><a href="2/">شاهد</a></div>', None),
        ("<p>نص</p>", None),
    ],
)
def test_which_link_goes_on(markup: str, following: str | None) -> None:
    page = answer(markup)
    assert next_part(page, STORY, 2) == following
    assert part_behind(page) == following
    assert following is None or may_go_on(page.body)


def test_the_page_behind_a_further_page() -> None:
    for url, link in ((f"{STORY}2/", f"{STORY}3/"), (f"{STORY}?page=2", f"{STORY}?page=3")):
        page = answer(f'<a rel="next" href="{link}">3</a>', url)
        assert part_behind(page) == link == next_part(page, STORY, 3)
