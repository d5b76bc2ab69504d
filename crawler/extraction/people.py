"""Who wrote the article, which agency it came from, and from where. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from crawler.arabic.bylines import Byline, leading_dateline, parse_byline, trailing_agency
from crawler.arabic.text import normalise
from crawler.extraction import evidence, jsonld
from crawler.extraction.body import Text
from crawler.extraction.css import select
from crawler.extraction.document import Document
from crawler.extraction.evidence import Claim, Verdict
from crawler.extraction.outline import Block
from crawler.extraction.tree import squeeze

_META = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author",
         "cxenseparse:author", "og:article:author", "byl", "rnews:creator")  # fmt: skip
_PERSON_NAMES = re.compile(
    r"(?:^|[\s_-])(?:author|authors|byline|by|writer|writeby|writtenby|reporter|journalist|editor|katib|kateb)(?:$|[\s_-])"
    r"|author|writer|writeby|byline",
    re.IGNORECASE,
)
_TEMPLATE_WORD = re.compile(r"[A-Za-z]+")
_MAX_AUTHORS = 12
_BEFORE, _BELOW = 3, 4
_OPENING_WORDS = 8
_CLOSING_WORDS = 8


@dataclass(frozen=True, slots=True)
class People:
    """The verdicts on the three fields that bylines and datelines fill."""

    authors: Verdict[tuple[str, ...]]
    agency: Verdict[str]
    dateline: Verdict[str]


@lru_cache(maxsize=512)
def _byline(text: str, names: tuple[str, ...]) -> Byline:
    """A byline stands in several layers of a page, and on the next page again."""
    return parse_byline(text, outlet_names=names)


def read_people(document: Document, text: Text) -> People:
    """The first layer that names a person names the authors; agency and dateline come from any that tells."""
    claims = _claims(document, text)
    names = (*document.names, *document.frames)
    read = [(claim, _byline(claim.value, names)) for claim in claims]
    authors = _authors(read)
    opening, ending = Byline(), None
    if text.paragraphs:
        opening = _opening(text.paragraphs, names)
        ending = trailing_agency(text.paragraphs[-1])
    told = [(claim, byline) for claim, byline in read if byline]
    agency = _pick([(claim, byline.agency) for claim, byline in told], opening.agency, ending)
    dateline = _pick([(claim, byline.dateline) for claim, byline in told], opening.dateline, None)
    return People(authors, agency, dateline)


def _opening(paragraphs: tuple[str, ...], names: tuple[str, ...]) -> Byline:
    """What the text opens with; where its first line is a byline (حوار: …), the one below it."""
    for paragraph in paragraphs[:2]:
        found = leading_dateline(paragraph, outlet_names=names)
        if found or len(paragraph.split()) > _OPENING_WORDS or not _byline(paragraph, names).authors:
            return found
    return Byline()


def _authors(read: list[tuple[Claim[str], Byline]]) -> Verdict[tuple[str, ...]]:
    """The persons of the first layer that names any; a layer may name them in several places."""
    winner: Claim[str] | None = None
    persons: dict[str, str] = {}
    lost = []
    for claim, byline in read:
        if not byline.authors:
            lost.append((claim, "no person: the outlet, a desk, an agency or a place"))
        elif winner is None or claim.layer == winner.layer:
            winner = winner or claim
            for author in byline.authors:
                persons.setdefault(normalise(author), author)
        elif {normalise(author) for author in byline.authors} - set(persons):
            lost.append((claim, "a layer before it named the authors"))
    if winner is None:
        return Verdict(None, lost=tuple(lost))
    return Verdict(tuple(persons.values())[:_MAX_AUTHORS], winner.layer, winner.place, tuple(lost))


def _pick(told: list[tuple[Claim[str], str | None]], opening: str | None, ending: str | None) -> Verdict[str]:
    """The byline's word, then that of the text's opening, then that of its end."""
    claims = [Claim(value, claim.layer, claim.place) for claim, value in told if value]
    claims += [Claim(opening, evidence.VISIBLE, "opening of the text")] if opening else []
    claims += [Claim(ending, evidence.VISIBLE, "end of the text")] if ending else []
    return evidence.first(claims)


def _claims(document: Document, text: Text) -> list[Claim[str]]:
    claims: list[Claim[str]] = []
    known: list[tuple[str, str]] = []
    if css := document.site.selectors.get("authors"):
        known.append((css, evidence.SELECTOR))
    claims += _described(document, known)
    for node in document.head.articles[:2]:
        claims += [Claim(name, evidence.JSONLD, "author") for name in jsonld.texts(node.get("author"))]
        claims += [Claim(name, evidence.JSONLD, "creator") for name in jsonld.texts(node.get("creator"))]
    for name in _META:
        layer = (
            evidence.OPENGRAPH if ":author" in name and name.startswith(("article", "og")) else evidence.META
        )
        claims += [
            Claim(value, layer, name) for value in document.head.all(name) if not urlsplit(value).scheme
        ]
    if document.theme:
        layer = f"theme:{document.theme.name}"
        claims += _described(document, [(css, layer) for css in document.theme.selectors["authors"]])
    claims += _microdata(document)
    return [claim for claim in [*claims, *_visible(document, text)] if claim.value]


def _described(document: Document, known: list[tuple[str, str]]) -> list[Claim[str]]:
    """What the first of these selectors that matches shows."""
    for css, layer in known:
        found = [
            squeeze(str(element.text_content())) for element in select(css, document.root)[:_MAX_AUTHORS]
        ]
        if any(found):
            return [Claim(value, layer, css) for value in found]
    return []


def _microdata(document: Document) -> list[Claim[str]]:
    """Authors marked in the markup, but not those of comments or of other articles."""
    places = {block.element: block for block in document.blocks}
    claims = []
    linked = [link for link in document.related if "author" in link.get("rel", "").split()]
    marked = [*document.marked.get("author", ()), *document.marked.get("creator", ()), *linked]
    for element in marked[:_MAX_AUTHORS]:
        names = [node for node in element.iterdescendants() if "name" in (node.get("itemprop") or "").split()]
        shown = names[0] if names else element
        value = shown.get("content") or squeeze(str(shown.text_content()))
        block = next((places[node] for node in (element, *element.iterancestors()) if node in places), None)
        if block is None or block.kind in {"", "meta", "hidden", "author-box"}:
            place = "author" if element.get("itemprop") else "rel=author"
            claims.append(Claim(value, evidence.MICRODATA, place))
    return claims


def _visible(document: Document, text: Text) -> list[Claim[str]]:
    """Lines beside the headline or at the text's two ends that are bylines by their names or their words."""
    if document.headline_at < 0:
        return []
    own = [block.index for block in text.blocks]
    start = own[0] if own else document.headline_at + 8
    near = [
        *document.blocks[document.headline_at + 1 : start],
        *document.blocks[max(document.headline_from - _BEFORE, 0) : document.headline_from],
        *(document.blocks[own[-1] + 1 : own[-1] + 1 + _BELOW] if own else ()),
    ]
    beside = [block for block in near if block.kind == "meta"]
    labelled = [block for block in beside if _is_labelled(block, document)]
    named = labelled or [block for block in beside if _names_a_person(block)]
    claims = [Claim(block.text, evidence.VISIBLE, "byline") for block in named]
    ends = [*text.blocks[:2], *text.blocks[-1:]]
    claims += [
        Claim(block.text, evidence.VISIBLE, "opening or end of the text")
        for block in ends
        if len(block.text.split()) <= _OPENING_WORDS and _is_labelled(block, document)
    ]
    return claims


def _names_a_person(block: Block) -> bool:
    names = [
        block.element.get("class") or "",
        block.element.get("id") or "",
        block.element.get("itemprop") or "",
    ]
    if block.owner is not None:
        names.append(block.owner.get("class") or "")
    return bool(_PERSON_NAMES.search(" ".join(names)))


def _is_labelled(block: Block, document: Document) -> bool:
    """Whether its words make it a byline: something beside the name says so (كتب, حوار, a city)."""
    byline = _byline(block.text, document.names)
    if not byline.authors or all(_TEMPLATE_WORD.fullmatch(author) for author in byline.authors):
        return False  # "Role" before an Arabic name is a label that only screen readers see
    bare = normalise(" ".join(byline.authors))
    return len(normalise(block.text).split()) > len(bare.split()) or bool(byline.dateline or byline.agency)
