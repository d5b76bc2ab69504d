"""The pages of a room, parsed."""

from urllib.parse import quote

from lxml import html

from tests.browse.opened import Room

EDITED = "عدادات ذكية تكشف تسربات المياه"  # how the headline of an edited article begins


def page(room: Room, path: str, language: str = "en") -> html.HtmlElement:
    answer = room.get(path, headers={"Accept-Language": language})
    assert answer.status == 200, answer.text[-2000:]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return html.document_fromstring(answer.text)


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def article_named(room: Room, words: str, *, sort: str = "relevance") -> str:
    """The path of the first article whose headline begins with these words."""
    found = page(room, f"/search?sort={sort}&q={quote(words)}")
    [path, *_] = [link.get("href") for link in found.cssselect(".hits h2 a") if text(link).startswith(words)]
    return str(path)
