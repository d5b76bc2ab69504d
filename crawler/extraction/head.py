"""What a page says of itself to machines: meta elements, JSON-LD, links, its title. Read once. Pure."""

import html as html_text
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml import html

from crawler.extraction import jsonld
from crawler.extraction.tree import attribute, squeeze

_MAX_METAS = 600
_MAX_SCRIPTS = 60
_SCRIPT_TYPES = ("application/ld+json", "application/ld-json", "application/json+ld")
_MAX_TITLE = 1_000


@dataclass(frozen=True, slots=True)
class Head:
    """The machine-readable side of a page."""

    metas: Mapping[str, tuple[str, ...]]  # lower-case property, name or http-equiv -> contents in page order
    things: tuple[jsonld.Node, ...]  # all JSON-LD objects
    articles: tuple[jsonld.Node, ...]  # those that are articles
    canonical: str | None
    base: str | None
    title: str  # of the <title> element
    lang: str  # of the <html> element, lower case

    def first(self, *names: str) -> str | None:
        """Return the first content of the named meta elements that is not blank, in the names' order."""
        return next((value for name in names for value in self.metas.get(name, ()) if value), None)

    def all(self, *names: str) -> list[str]:
        """Return all contents of the named meta elements that are not blank."""
        return [value for name in names for value in self.metas.get(name, ()) if value]


def read_head(root: html.HtmlElement) -> Head:
    """Return the metadata of a page, also those that a template put outside the head."""
    things = jsonld.nodes(_scripts(root))
    canonical = base = None
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            canonical = attribute(link, "href") or None
            break
    for element in root.iter("base"):
        base = attribute(element, "href") or None
        break
    title = next((squeeze(str(element.text_content())) for element in _titles(root)), "")
    return Head(
        metas=_metas(root),
        things=tuple(things),
        articles=tuple(jsonld.articles(things)),
        canonical=canonical,
        base=base,
        title=title[:_MAX_TITLE],
        lang=attribute(root, "lang").lower(),
    )


def _unescaped(text: str) -> str:
    """Return a text without the entities that a plugin escaped twice."""
    return html_text.unescape(text) if "&" in text and ";" in text else text


def _titles(root: html.HtmlElement) -> list[html.HtmlElement]:
    """Return the page's <title>, not those of the drawings in it."""
    return [
        title for title in root.iter("title") if title.getparent() is None or title.getparent().tag != "svg"
    ]


def _scripts(root: html.HtmlElement) -> list[str]:
    found = []
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower().partition(";")[0] in _SCRIPT_TYPES and script.text:
            found.append(script.text)
            if len(found) >= _MAX_SCRIPTS:
                break
    return found


def _metas(root: html.HtmlElement) -> Mapping[str, tuple[str, ...]]:
    gathered: dict[str, tuple[str, ...]] = {}
    for count, meta in enumerate(root.iter("meta")):
        if count >= _MAX_METAS:
            break
        content = attribute(meta, "content")
        for key in ("property", "name", "http-equiv"):
            for name in attribute(meta, key).lower().split():
                gathered[name] = (*gathered.get(name, ()), squeeze(_unescaped(content)))
    return MappingProxyType(gathered)
