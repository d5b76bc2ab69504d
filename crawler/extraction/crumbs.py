"""The paths of crumbs that lead to an article: home, section, subsection. Pure."""

import re
from collections.abc import Iterator
from itertools import islice

from lxml import html

from crawler.arabic.text import normalise
from crawler.extraction import evidence, jsonld
from crawler.extraction.document import Document
from crawler.extraction.evidence import Claim
from crawler.extraction.topics import HOME, MAX_NAME, texts
from crawler.extraction.tree import ancestors, squeeze

Sections = tuple[str, ...]

_STEP = re.compile(r"\s*(?:[»›>→←/]|&gt;)\s*")
_CRUMB_NAMES = re.compile(r"bread-?_?c(?:r|um)|crumb", re.IGNORECASE)
_YOU_ARE_HERE = re.compile(r"^\s*(?:أنت|انت|أنتم)\s+(?:هنا|الآن في|في)\s*:|^\s*المسار\s*:")
_PATH = 2  # steps of a path at least; of a longer one all but this many are links
_CRUMBS_BEFORE, _CRUMBS_AROUND = 40, 5  # blocks before the headline, elements around each
_STEPS, _MENU_STEPS = 3, 2  # of a path that nothing names; of one that may be a menu
_MARKS = re.compile(r"[|/›»>«‹:\s،,.•·-]+")
_WORDS = 4  # of a section's name, at most
_BELOW = 5  # blocks behind the headline in which crumbs may stand
_MAX_CRUMBS = 12


def paths(document: Document) -> Iterator[Claim[Sections]]:
    """Yield the paths of crumbs without the way home and the article's own title, best first."""
    for claim in _crumbs(document):
        yield _without_title(claim, document)


def _crumbs(document: Document) -> Iterator[Claim[Sections]]:
    """Return the paths to the article: in JSON-LD, in an element named so, or above the headline."""
    for node in document.head.things:
        if "breadcrumblist" in jsonld.types(node) and isinstance(node.get("itemListElement"), list):
            items = [item for item in node["itemListElement"] if isinstance(item, dict)]
            names = [
                name for item in items for name in jsonld.texts(item.get("name") or item.get("item"))[:1]
            ]
            yield Claim(tuple(names[:-1] if len(names) > 1 else names), evidence.JSONLD, "BreadcrumbList")
    if path := _named_path(document):
        yield Claim(path, evidence.VISIBLE, "breadcrumbs")
    if path := _path_in_a_line(document):
        yield Claim(path, evidence.VISIBLE, "path in a line")
    if path := _unnamed_path(document):
        yield Claim(path, evidence.VISIBLE, "path above the headline")


def _named_path(document: Document) -> Sections:
    """Return the steps in an element named after crumbs: before the headline, else right behind it."""
    end = max(document.headline_from, 0)
    near = [*reversed(document.blocks[max(end - _CRUMBS_BEFORE, 0) : end])]
    near += document.blocks[document.headline_at + 1 : document.headline_at + 1 + _BELOW]
    for block in near:
        for box in islice(ancestors(block.element), _CRUMBS_AROUND):
            called = f"{box.get('class', '')} {box.get('id', '')}"
            if box.tag not in {"body", "html"} and _CRUMB_NAMES.search(called) and (path := _path(box)):
                return path
    return ()


def _path(box: html.HtmlElement) -> Sections:
    """Return the steps of a path: its links, and the text behind the last of them."""
    links = [link for link in box.iter("a") if link.get("href")][:_MAX_CRUMBS]
    steps = [step for step in texts(links) if step]
    rest = squeeze(str(box.text_content()))[-2 * MAX_NAME :]
    if steps and steps[-1] in rest:
        rest = rest.rpartition(steps[-1])[2]
    last = _MARKS.sub(" ", rest).strip()
    if last and len(last.split()) <= _WORDS and last not in steps:
        steps.append(rest.strip(" |/›»>«‹:،,.•·-"))
    return tuple(steps)


def _unnamed_path(document: Document) -> Sections:
    """Return the links right above the headline that begin with the way home."""
    steps: list[str] = []
    home = HOME | document.folded_names | set(map(normalise, document.frames))
    end = max(document.headline_from, 0)
    for block in reversed(document.blocks[max(end - _MAX_CRUMBS, 0) : end]):
        text = block.text.strip(" |/›»>«‹:،,.•·-")
        if normalise(text) in home:
            return tuple(reversed(steps))
        if text:
            if len(steps) >= (_MENU_STEPS if block.kind == "navigation" else _STEPS):
                return ()  # a menu, not a path
            if len(text.split()) > _WORDS or block.heading:
                return ()
            steps.append(text)
    return ()


def _path_in_a_line(document: Document) -> Sections:
    """Return the linked steps of a line above the headline whose steps are parted by marks such as »."""
    end = max(document.headline_from, 0)
    for block in reversed(document.blocks[max(end - _MAX_CRUMBS, 0) : end]):
        text = block.text.partition(":")[2] if _YOU_ARE_HERE.search(block.text) else block.text
        steps = [step.strip() for step in _STEP.split(text) if step.strip()]
        if len(steps) < _PATH or any(len(step.split()) > _WORDS for step in steps[:-1]):
            continue
        linked = {squeeze(str(link.text_content())) for link in block.element.iter("a")}
        path = [step for step in steps[1:] if step in linked]
        if (steps[0] in linked or normalise(steps[0]) in HOME) and path and len(path) >= len(steps) - _PATH:
            return tuple(path)
    return ()


def _without_title(claim: Claim[Sections], document: Document) -> Claim[Sections]:
    others = {normalise(document.shown_headline), *HOME, *document.folded_names}
    path = tuple(step for step in claim.value if normalise(step) not in others)
    return Claim(path, claim.layer, claim.place)
