"""What a page needs, by its markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.requisites import MOST, of_page, of_style, to_see

PAGE = "http://paper.example/2026/01/page/"
ICON = "http://paper.example/favicon.ico"
MARKUP: list[tuple[str, list[str]]] = [
    ('<img src="a.jpg">', [f"{PAGE}a.jpg"]),
    ('<img src="/صورة.jpg">', ["http://paper.example/%D8%B5%D9%88%D8%B1%D8%A9.jpg"]),
    ('<img src="data:image/gif;base64,R0lGOD" data-src="//cdn.example/a.jpg">', ["http://cdn.example/a.jpg"]),
    ('<img srcset="a.jpg 1x,b.jpg 2x">', [f"{PAGE}a.jpg", f"{PAGE}b.jpg"]),
    ('<img srcset="/w_300,h_200/a.jpg 300w, /b.jpg 600w">',
     ["http://paper.example/w_300,h_200/a.jpg", "http://paper.example/b.jpg"]),
    ('<picture><source srcset="a.webp"></picture>', [f"{PAGE}a.webp"]),
    ('<link rel="stylesheet" href="s.css"><link rel="canonical" href="other">', [f"{PAGE}s.css"]),
    ('<link rel="shortcut icon" href="i.png">', [f"{PAGE}i.png"]),
    ('<script src="s.js"></script><script>x = "url(never.js)"</script>', [f"{PAGE}s.js"]),
    ("<style>@import 'a.css'; b { background: url( \"c.png\" ) }</style>", [f"{PAGE}a.css", f"{PAGE}c.png"]),
    ('<p style="background:url(a.png)">', [f"{PAGE}a.png"]),
    ('<body background="b.png">', [f"{PAGE}b.png"]),
    ('<iframe src="https://video.example/1"></iframe>', ["https://video.example/1"]),
    ('<base href="/else/"><img src="a.jpg">', ["http://paper.example/else/a.jpg"]),
    ('<a href="another-page">x</a><form action="post">', []),
    ("<!-- <img src=a.jpg> -->", []),
    ('<img src=""><img src="http://[broken"><img src="javascript:x">', []),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "needed"), MARKUP, ids=[markup for markup, _ in MARKUP])
def test_pages(markup: str, needed: list[str]) -> None:
    assert set(of_page(markup, PAGE)) - {ICON} == set(needed)


def test_styles() -> None:
    style = """@charset "utf-8"; @import url(more.css); @import "print.css";
    @font-face { src: url('/f/a.woff2') format("woff2"), URL("f.ttf") }
    i { background: url(data:image/png,x) }"""
    assert of_style(style, "http://paper.example/css/a.css") == [
        "http://paper.example/css/print.css",
        "http://paper.example/css/more.css",
        "http://paper.example/f/a.woff2",
        "http://paper.example/css/f.ttf",
    ]


def test_a_page_without_end_is_bounded() -> None:
    assert len(of_page("".join(f"<img src={number}>" for number in range(MOST * 2)), PAGE)) == MOST
    assert of_style("url(" * 200_000, PAGE) == []
    assert of_page("<div>" * 100_000 + "<img src=a.jpg>", PAGE)
    assert len(of_page(f'<img srcset="{"," * 200_000}">', PAGE)) <= 2


@given(st.text(max_size=300), st.text(max_size=40))
def test_anything_gives_ascii_addresses_or_nothing(text: str, attribute: str) -> None:
    for markup in (text, f'<img src="{attribute}"><base href="{attribute}">', f"<style>url({text})"):
        assert all(address.isascii() and address.startswith("http") for address in of_page(markup, PAGE))


SEEN: list[tuple[str, list[str]]] = [
    ('<script src="s.js"></script><iframe src="f"></iframe><embed src="e"><object data="o"></object>', []),
    ('<video src="v.mp4" poster="p.png"><source src="w.mp4"></video><audio src="a.mp3">', ["p.png"]),
    ('<input type="image" src="b.png"><input type="text" src="c.png">', ["b.png"]),
    (
        '<link rel="preload" as="font" href="f.woff2"><link rel="preload" as="script" href="s.js">',
        ["f.woff2"],
    ),
    ('<link rel="manifest" href="m.json"><link rel="canonical" href="c">', []),
    ('<img src="a.png" srcset="b.png 2x"><link rel="stylesheet" href="s.css">', ["s.css", "a.png", "b.png"]),
    ('<picture><source srcset="a.webp"><img src="a.jpg"></picture>', ["a.webp", "a.jpg"]),
]


@pytest.mark.parametrize(("markup", "seen"), SEEN, ids=[markup for markup, _ in SEEN])
def test_what_it_takes_to_see_a_page(markup: str, seen: list[str]) -> None:
    assert [url for url in to_see(markup, PAGE) if url != ICON] == [PAGE + name for name in seen]


def test_the_icon_is_the_declared_one_or_the_sites() -> None:
    assert to_see("<p>", PAGE) == [ICON]
    assert to_see('<link rel="icon" href="i.png">', PAGE) == [f"{PAGE}i.png"]


def test_so_many_and_no_more() -> None:
    assert len(to_see("".join(f"<img src={number}>" for number in range(99)), PAGE, most=7)) == 7


@given(st.text(max_size=300))
def test_what_is_seen_is_a_part_of_what_is_fetched(text: str) -> None:
    assert set(to_see(text, PAGE)) <= set(of_page(text, PAGE))
