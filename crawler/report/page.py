"""A page that needs nothing but itself: built as a tree, so that what sites wrote can only ever be text.

Its policy forbids scripts, pictures, fonts, frames, forms and every connection; the one style sheet is
allowed by its digest.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from importlib.resources import files
from urllib.parse import urlsplit

from lxml import etree

from crawler.report.words import WORDS

MOST_LETTERS = 400  # of any text from outside
# what XML has no place for, and marks that turn the text around them
_UNFIT = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_BAR = 100  # units a whole bar is wide


def node(tag: str, *content: "etree._Element | str | None", **attributes: str | None) -> etree._Element:
    """An element. `class_` is the attribute class, other underlines are hyphens; None is left out."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    element = etree.Element(tag, {name: _fit(value) for name, value in named.items() if value is not None})
    for each in content:
        if each is None:
            continue
        if not isinstance(each, str):
            element.append(each)
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + _fit(each)
        else:
            element.text = (element.text or "") + _fit(each)
    return element


def _fit(text: str) -> str:
    return _UNFIT.sub("", text)


def outside(text: str, most: int = MOST_LETTERS) -> str:
    """A text from outside as a page can bear it: one line, no control characters, not too long."""
    plain = " ".join(_fit(text).split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def said(text: str, tag: str = "bdi", **attributes: str | None) -> etree._Element:
    """A text from outside in an element of its own, turned by its own letters."""
    return node(tag, outside(text), dir="auto", **attributes)


def link(url: str, text: str, language: str | None = None) -> etree._Element:
    """A link to an http or https address; any other address is only text."""
    try:
        parts = urlsplit(url)
        safe = parts.scheme in {"http", "https"} and bool(parts.hostname) and outside(url, len(url)) == url
    except ValueError:
        safe = False
    if not safe:
        return said(text, lang=language)
    return node(
        "a",
        said(text, lang=language),
        href=url,
        rel="noopener noreferrer nofollow",
        referrerpolicy="no-referrer",
    )


def both(name: str) -> list[etree._Element | str]:
    """A heading's words: English, and Arabic beside it."""
    english, arabic = WORDS[name]
    return [english, " ", arabic_text(arabic)]


def arabic_text(text: str) -> etree._Element:
    """Arabic words of ours beside English ones."""
    return node("span", text, lang="ar", dir="rtl", class_="ar")


def outlet_names(arabic: str, english: str, name: str) -> list[etree._Element | str]:
    """An outlet as headings call it: by both names where there are two."""
    names: list[etree._Element | str] = [said(arabic, lang="ar")]
    if english not in {arabic, name}:
        names += [" · ", said(english, lang="en")]
    return names


def section(name: str, *content: "etree._Element | str | None", class_: str | None = None) -> etree._Element:
    """A part of the page with a heading in both languages."""
    return node("section", node("h2", *both(name)), *content, id=name, class_=class_)


def figure(name: str, drawing: etree._Element | None) -> etree._Element | None:
    """A picture with its heading."""
    return None if drawing is None else node("figure", node("figcaption", *both(name)), drawing)


def tiles(rows: Sequence[tuple[str, str]]) -> etree._Element:
    """Numbers that are looked at first: names out of the words, and values."""
    return node(
        "dl",
        *(node("div", node("dt", *both(name)), node("dd", value)) for name, value in rows),
        class_="tiles",
    )


def bar(share: float, second: float | None = None) -> etree._Element:
    """A bar of a share of 1, with a mark where another share lies."""
    svg = node("svg", class_="bar", viewBox=f"0 0 {_BAR} 10", preserveAspectRatio="none", aria_hidden="true")
    svg.append(node("rect", class_="fill-grid", width=str(_BAR), height="10"))
    svg.append(node("rect", class_="fill-first", width=f"{min(max(share, 0), 1) * _BAR:.1f}", height="10"))
    if second is not None:
        place = min(max(second, 0), 1) * (_BAR - 2)
        svg.append(node("rect", class_="fill-second", x=f"{place:.1f}", width="2", height="10"))
    return svg


def counted(rows: Sequence[tuple[etree._Element, int]], *, others: int = 0) -> etree._Element:
    """A table of names and numbers, with bars as long as the largest allows."""
    most = max((number for _, number in rows), default=1) or 1
    lines = [
        node(
            "tr",
            node("th", name, scope="row"),
            node("td", bar(number / most), class_="wide"),
            _number(number),
        )
        for name, number in rows
    ]
    if others:
        lines.append(node("tr", node("th", *both("others"), scope="row"), node("td"), _number(others)))
    return node("table", node("tbody", *lines), class_="counted")


def document(title: str, *content: "etree._Element | str | None") -> bytes:
    """The whole page, UTF-8."""
    style = files("crawler.report").joinpath("report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = node(
        "head",
        node("meta", charset="utf-8"),
        _policy(policy),
        node("meta", name="viewport", content="width=device-width, initial-scale=1"),
        node("meta", name="referrer", content="no-referrer"),
        node("meta", name="color-scheme", content="light dark"),
        node("title", outside(title)),
        node("style", style),
    )
    page = node("html", head, node("body", node("main", *content)), lang="en", dir="ltr")
    return etree.tostring(page, method="html", encoding="utf-8", doctype="<!DOCTYPE html>") + b"\n"


def _policy(policy: str) -> etree._Element:
    return node("meta", http_equiv="Content-Security-Policy", content=policy)


def _number(number: int) -> etree._Element:
    return node("td", f"{number:,}", class_="number")
