"""Build an HTML page in one file, as a tree of elements: text from sites can never become markup.

Its Content-Security-Policy forbids scripts, images, fonts, frames, forms and every connection; it allows the
one style sheet by its digest.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from importlib.resources import files
from urllib.parse import urlsplit

from lxml import etree

from crawler.report.words import WORDS

MAX_CHARACTERS = 400  # of a text that Warraq did not write
# characters that XML forbids, and marks that change the direction of the text around them
_UNFIT = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_BAR = 100  # width of a full bar, in units of its drawing


def node(tag: str, *content: "etree._Element | str | None", **attributes: str | None) -> etree._Element:
    """Make an element. `class_` is the attribute class, other underscores are hyphens; None is left out."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    element = etree.Element(tag, {name: fit(value) for name, value in named.items() if value is not None})
    for each in content:
        if each is None:
            continue
        if not isinstance(each, str):
            element.append(each)
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + fit(each)
        else:
            element.text = (element.text or "") + fit(each)
    return element


def fit(text: str) -> str:
    """Return a text without the characters that XML forbids and the marks that change its direction."""
    return _UNFIT.sub("", text)


def clean_text(text: str, most: int = MAX_CHARACTERS) -> str:
    """Return a foreign text as one line without control characters, cut after `most` characters."""
    plain = " ".join(fit(text).split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def foreign_text(text: str, tag: str = "bdi", **attributes: str | None) -> etree._Element:
    """Make an element of a foreign text, with the direction of its own letters."""
    return node(tag, clean_text(text), dir="auto", **attributes)


def link(url: str, text: str, language: str | None = None) -> etree._Element:
    """Make a link to an http or https address, or plain text for any other address."""
    try:
        parts = urlsplit(url)
        safe = parts.scheme in {"http", "https"} and bool(parts.hostname) and clean_text(url, len(url)) == url
    except ValueError:
        safe = False
    if not safe:
        return foreign_text(text, lang=language)
    return node(
        "a",
        foreign_text(text, lang=language),
        href=url,
        rel="noopener noreferrer nofollow",
        referrerpolicy="no-referrer",
    )


def bilingual(name: str) -> list[etree._Element | str]:
    """Return the words of a heading in English and in Arabic."""
    english, arabic = WORDS[name]
    return [english, " ", arabic_text(arabic)]


def arabic_text(text: str) -> etree._Element:
    """Make an element of an Arabic text that Warraq wrote."""
    return node("span", text, lang="ar", dir="rtl", class_="ar")


def outlet_names(arabic: str, english: str, name: str) -> list[etree._Element | str]:
    """Return the names of an outlet for a heading: the Arabic one, and the English one if it differs."""
    names: list[etree._Element | str] = [foreign_text(arabic, lang="ar")]
    if english not in {arabic, name}:
        names += [" · ", foreign_text(english, lang="en")]
    return names


def section(name: str, *content: "etree._Element | str | None", class_: str | None = None) -> etree._Element:
    """Make a section with a heading in both languages."""
    return node("section", node("h2", *bilingual(name)), *content, id=name, class_=class_)


def figure(name: str, drawing: etree._Element | None) -> etree._Element | None:
    """Make a figure of a chart with its heading; None where there is no chart."""
    return None if drawing is None else node("figure", node("figcaption", *bilingual(name)), drawing)


def tiles(rows: Sequence[tuple[str, str]]) -> etree._Element:
    """Make the row of the most important numbers: keys of WORDS, and values."""
    return node(
        "dl",
        *(node("div", node("dt", *bilingual(name)), node("dd", value)) for name, value in rows),
        class_="tiles",
    )


def bar(share: float, second: float | None = None) -> etree._Element:
    """Draw a share between 0 and 1 as a bar, with a mark at a second share."""
    svg = node("svg", class_="bar", viewBox=f"0 0 {_BAR} 10", preserveAspectRatio="none", aria_hidden="true")
    svg.append(node("rect", class_="fill-grid", width=str(_BAR), height="10"))
    svg.append(node("rect", class_="fill-first", width=f"{min(max(share, 0), 1) * _BAR:.1f}", height="10"))
    if second is not None:
        place = min(max(second, 0), 1) * (_BAR - 2)
        svg.append(node("rect", class_="fill-second", x=f"{place:.1f}", width="2", height="10"))
    return svg


def counted(rows: Sequence[tuple[etree._Element, int]], *, others: int = 0) -> etree._Element:
    """Make a table of names and numbers, with bars in proportion to the largest number."""
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
        lines.append(node("tr", node("th", *bilingual("others"), scope="row"), node("td"), _number(others)))
    return node("table", node("tbody", *lines), class_="counted")


def document(title: str, *content: "etree._Element | str | None", shows_pictures: bool = False) -> bytes:
    """Return the whole page in UTF-8; `shows_pictures` allows pictures whose bytes are in the page."""
    style = files("crawler.report").joinpath("report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    pictures = "img-src data:; " if shows_pictures else ""
    policy = f"default-src 'none'; {pictures}style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = node(
        "head",
        node("meta", charset="utf-8"),
        _policy(policy),
        node("meta", name="viewport", content="width=device-width, initial-scale=1"),
        node("meta", name="referrer", content="no-referrer"),
        node("meta", name="color-scheme", content="light dark"),
        node("title", clean_text(title)),
        node("style", style),
    )
    page = node("html", head, node("body", node("main", *content)), lang="en", dir="ltr")
    return etree.tostring(page, method="html", encoding="utf-8", doctype="<!DOCTYPE html>") + b"\n"


def _policy(policy: str) -> etree._Element:
    return node("meta", http_equiv="Content-Security-Policy", content=policy)


def _number(number: int) -> etree._Element:
    return node("td", f"{number:,}", class_="number")
