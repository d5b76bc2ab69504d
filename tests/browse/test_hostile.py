"""Text of sites is text: never markup, never a link that runs something, never a sign that turns the page."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import etree, html

from tests.browse.opened import Room, opened
from tests.browser import open_browser
from tests.report.building import Run, article, build

SCRIPT = "<script>window.ran=1</script><img src=x onerror=window.ran=1>"
QUOTES = "\"'><svg onload=window.ran=1>{{ 7*7 }}{% raw %}&lt;b&gt;"
TURNED = "\u202etxet\u202c \u2066hidden\u2069 \u200f\u061c end\x07\x1b[31m"
WORD = "فيضان"
TITLES = (SCRIPT, QUOTES, TURNED, "]]></title></entry><entry>", "x" * 20_000)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    archive = tmp_path_factory.mktemp("hostile") / "archive"
    run = Run(site="barada")
    for number, title in enumerate(TITLES):
        run.articles.append(
            article(
                number,
                run,
                title=f"{WORD} {title}",
                subtitle=title,
                authors=[title[:200], "javascript:alert(1)"],
                section=[title[:200]],
                tags=[title],
                agency=title,
                outlet=title[:300],
                country="<b>",
                language="<i>",
                dateline=title,
                text=f"{WORD} {title}\n{title} {WORD}",
                url="javascript:alert(document.domain)"
                if number == 0
                else f"https://barada.example/{number}/{quote(title[:50])}",
                images=["javascript:alert(1)", "data:text/html,<script>1</script>"],
                links=[title],
                layers={"title": title, "text": "x"},
                payload_digest=title,
                warc_record_id=title,
                published_source=title,
                further_pages=title,
                partial=title,
            )
        )
    build(archive, run)
    with opened(archive, archive.parent / "cache", complains=True) as found:
        yield found


def pages(room: Room) -> list[str]:
    """The paths of all pages that show text of sites."""
    results = f"/search?q={quote(WORD)}"
    found = html.document_fromstring(room.get(results).text)
    links = {link.get("href", "") for link in found.cssselect("main a")}
    links = {link for link in links if link.startswith("/")}
    articles = [link for link in links if link.startswith("/article/")]
    assert len(articles) == len(TITLES)
    more = [f"{each}/versions" for each in articles]
    shown = [link for link in links if not link.startswith(("/export", "/feed"))]
    return [
        "/",
        results,
        "/outlets",
        "/outlet/barada",
        "/gone",
        f"/attention?q={quote(WORD)}&by=outlet",
        *shown,
        *more,
    ]


def test_no_text_of_a_site_becomes_markup(hostile: Room) -> None:
    for path in pages(hostile):
        answer = hostile.get(path)
        assert answer.status == 200, (path, answer.text[-1500:])
        found = html.document_fromstring(answer.text)
        assert not found.cssselect("script, iframe, object, embed, base, img, style, foreignObject"), path
        for element in found.iter(etree.Element):
            names = [name for name in map(str, element.attrib) if name.startswith("on") or name == "style"]
            assert not names, (path, names)
            for name in ("href", "src", "action", "fill"):
                value = str(element.get(name, "/"))
                assert value.startswith(("/", "#", "https://barada.example/", "url(#")), (path, value)
        assert "49" not in (found.findtext(".//h1") or ""), path


def test_signs_of_direction_and_control_are_taken_out(hostile: Room) -> None:
    for path in pages(hostile):
        text = hostile.get(path).text
        assert not set(text) & set("\u202e\u202c\u2066\u2069\u200f\u061c\x07\x1b"), path


def test_what_the_address_says_is_text_too(hostile: Room) -> None:
    for value in (SCRIPT, QUOTES, TURNED):
        for name in ("q", "site", "author", "section", "from", "sort", "month", "lang", "by", "page"):
            for path in ("/search", "/attention", "/gone", "/outlet/barada"):
                answer = hostile.get(f"{path}?{name}={quote(value)}")
                assert answer.status in {200, 400}
                assert "<script>" not in answer.text
                assert "<svg onload" not in answer.text
        assert "<script>" not in hostile.get(f"/{quote(value)}").text


def test_the_feed_stays_one_document(hostile: Room) -> None:
    feed = etree.fromstring(hostile.get(f"/feed.atom?q={quote(WORD)}").body)
    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) == len(TITLES)
    assert not any(
        "javascript" in link.get("href", "") for link in feed.iter("{http://www.w3.org/2005/Atom}link")
    )


def test_nothing_runs_in_a_browser(hostile: Room, tmp_path: Path) -> None:
    with open_browser(tmp_path) as browser:
        for path in pages(hostile):
            browser.open(hostile.base + path, width=390, language="ar")
            assert browser.value("window.ran") is None
            assert browser.value("document.documentElement.scrollWidth") <= 390, path
            assert [each for each in browser.requests if not each.startswith(hostile.base)] == []
            assert browser.complaints == [], path


def test_a_record_that_the_row_invents_is_a_sentence(hostile: Room) -> None:
    found = html.document_fromstring(hostile.get(f"/search?q={quote(WORD)}").text)
    path = found.cssselect(".hits h2 a")[0].get("href")
    answer = hostile.get(f"{path}/record")
    assert answer.status in {404, 503}
    assert "Traceback" not in answer.text
