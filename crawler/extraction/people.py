"""Who wrote the article, which agency it came from, and from where. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from urllib.parse import unquote, urlsplit

from crawler.arabic.byline_words import opens_like_a_name
from crawler.arabic.bylines import Byline, leading_dateline, parse_byline, trailing_agency
from crawler.arabic.dates import find_moments
from crawler.arabic.text import normalise
from crawler.extraction import evidence, jsonld
from crawler.extraction.body import Text
from crawler.extraction.css import select
from crawler.extraction.document import Document
from crawler.extraction.evidence import Claim, Verdict
from crawler.extraction.outline import Block
from crawler.extraction.tree import ancestors, squeeze
from crawler.urls import host_of

_META = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author",
         "cxenseparse:author", "og:article:author", "byl", "rnews:creator")  # fmt: skip
_PERSON_NAMES = re.compile(
    r"(?:^|[\s_-])(?:author|authors|byline|by|writer|writeby|writtenby|reporter|journalist|editor|katib|kateb)(?:$|[\s_-])"
    r"|author|writer|writeby|byline|auteur|correspondent|redacteur|rédacteur|newssrc|sourcename|username",
    re.IGNORECASE,
)
_TERM = re.compile(r"\w+")
_TEMPLATE_WORD = re.compile(r"[A-Za-z]+")
_AUTHORS_PAGE = re.compile(r"/(?:auteurs?|authors?|writers?|كاتب|كتاب|editors?)/", re.IGNORECASE)
_NOT_LETTERS = re.compile(r"[^a-z]")
_BARE_WORDS = range(2, 6)  # words of a line that is a name and nothing else
_MANY = 3  # persons that an unlabelled line may name only if one of them has a common given name
_MAX_AUTHORS = 12
_AGENCY_LABEL = re.compile(r"(?:كتب|كتبت|المصدر|بقلم)\s*[:：]")
_MAYBE_BYLINES = frozenset({"", "meta", "author-box"})
_TITLES = frozenset({"h1", "h2", "h3"})
_AROUND = 4  # elements from a name outwards in which the link to its person's page may be
_LINE_WORDS = 14  # of a byline, at most
_BEFORE, _BELOW = 3, 4
_OPENING_WORDS = 8
_LONGEST_LINE = 120  # characters of a line with a date and a name
_OPENING_BLOCKS, _LONGEST_NAMES = 4, 80  # paragraphs, characters of a line of names


@dataclass(frozen=True, slots=True)
class People:
    """The verdicts on the three fields that bylines and datelines fill."""

    authors: Verdict[tuple[str, ...]]
    agency: Verdict[str]
    dateline: Verdict[str]


@lru_cache(maxsize=512)
def _byline(text: str, names: tuple[str, ...]) -> Byline:
    """Return a parsed byline; cached, since it stands in several layers of a page and on the next page."""
    return parse_byline(text, outlet_names=names)


def read_people(document: Document, text: Text) -> People:
    """Return the authors of the first layer that names a person; agency and dateline of any layer."""
    claims = _claims(document, text)
    names = (*document.names, *document.frames)
    read = [(claim, _byline(claim.value, names)) for claim in claims]
    authors = _authors(read)
    opening, ending = Byline(), None
    if text.paragraphs:
        opening = _opening(text.paragraphs, names)
        ending = trailing_agency(text.paragraphs[-1])
    agency = _pick([(claim, byline.agency) for claim, byline in read], opening.agency, ending)
    dateline = _pick([(claim, byline.dateline) for claim, byline in read], opening.dateline, None)
    return People(authors, agency, dateline)


def _opening(paragraphs: tuple[str, ...], names: tuple[str, ...]) -> Byline:
    """Return what the text opens with; where its first line is a byline (حوار: …), the one below it."""
    for paragraph in paragraphs[:2]:
        found = leading_dateline(paragraph, outlet_names=names)
        if found or len(paragraph.split()) > _OPENING_WORDS or not _byline(paragraph, names).authors:
            return found
    return Byline()


def _authors(read: list[tuple[Claim[str], Byline]]) -> Verdict[tuple[str, ...]]:
    """Return the persons of the first layer that names any; a layer may name them in several places."""
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


def _pick(
    bylines: list[tuple[Claim[str], str | None]], opening: str | None, ending: str | None
) -> Verdict[str]:
    """Choose the value of the bylines, then that of the text's opening, then that of its end."""
    claims = [Claim(value, claim.layer, claim.place) for claim, value in bylines if value]
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
    claims = [claim for claim in [*claims, *_visible(document, text)] if claim.value]
    return [claim for claim in claims if not _is_host(claim.value, document)]


def _is_host(name: str, document: Document) -> bool:
    """Return whether a Latin name is the outlet's: Copts United on copts-united.com."""
    host = host_of(document.page.url)
    if any("." in word.strip(".") and word.lower() in host for word in name.split()):
        return True  # "we at paper.com"
    letters = _NOT_LETTERS.sub("", name.lower())
    labels = host.split(".")
    return bool(letters) and letters in {_NOT_LETTERS.sub("", label) for label in labels}


def _described(document: Document, known: list[tuple[str, str]]) -> list[Claim[str]]:
    """Return what the first of these selectors that matches shows."""
    for css, layer in known:
        found = [
            squeeze(str(element.text_content())) for element in select(css, document.root)[:_MAX_AUTHORS]
        ]
        if any(found):
            return [Claim(value, layer, css) for value in found]
    return []


def _microdata(document: Document) -> list[Claim[str]]:
    """Return authors marked in the markup, but not those of comments or of other articles."""
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
    """Return the lines beside the headline or at the text's two ends that are bylines."""
    if document.headline_at < 0:
        return []
    own = [block.index for block in text.blocks]
    start = own[0] if own else document.headline_at + 8
    near = [
        *document.blocks[document.headline_at + 1 : start],
        *document.blocks[max(document.headline_from - _BEFORE, 0) : document.headline_from],
        *(document.blocks[own[-1] + 1 : own[-1] + 1 + _BELOW] if own else ()),
    ]
    lines = [
        _undated(block.text, document) if _is_a_name_beside_a_date(block, document) else block.text
        for block in _bylines(near, document, start)
    ]
    claims = [Claim(line, evidence.VISIBLE, "byline") for line in lines]
    ends = [*text.blocks[:2], *text.blocks[-1:]]
    claims += [
        Claim(block.text, evidence.VISIBLE, "opening or end of the text")
        for block in ends
        if len(block.text.split()) <= _OPENING_WORDS and _is_labelled(block, document)
    ]
    claims += [
        Claim(block.text, evidence.VISIBLE, "names in the opening of the text")
        for block in text.blocks[:_OPENING_BLOCKS]
        if _are_lone_names(block, document)
    ]
    return claims


def _bylines(near: list[Block], document: Document, start: int) -> list[Block]:
    """Choose among the lines around the article: labelled ones, else named ones, else lone names.

    `start` is the index of the text's first block: behind it, a name beside a date is a commenter's.
    """
    beside = [block for block in near if block.kind == "meta"]
    short = [
        block
        for block in near
        if block.kind in _MAYBE_BYLINES
        and block.tag not in _TITLES
        and len(_TERM.findall(block.text)) <= _LINE_WORDS
    ]
    foot = [block for block in near if block.kind == "footer" and len(block.text.split()) <= _LINE_WORDS]
    labelled = [block for block in [*short, *foot] if _is_labelled(block, document)]
    named = [block for block in short if _names_a_person(block) and _may_name(block, document)]
    if labelled or named:
        return labelled or named
    lone = [block for block in beside if _is_a_lone_name(block, document)]
    lone = (
        lone
        or [block for block in short if block.index < start and _is_a_name_beside_a_date(block, document)][:1]
    )
    return lone or [block for block in short if not block.linked and _is_a_lone_name(block, document)][:1]


def _names_a_person(block: Block) -> bool:
    """Return whether the element's names, or the page that it links to, say that it names a person."""
    element, owner = block.element, block.owner
    names = [element.get("class") or "", element.get("id") or "", element.get("itemprop") or ""]
    if owner is not None:
        names.append(owner.get("class") or "")
    if _PERSON_NAMES.search(" ".join(names)):
        return True
    around = islice(ancestors(element), _AROUND)
    links = [node for node in around if node.tag == "a"] or element.findall(".//a[@href]")[:1]
    return any(_AUTHORS_PAGE.search(unquote((link.get("href") or "")[:500])) for link in links)


def _may_name(block: Block, document: Document) -> bool:
    """Return whether a line without a label names few persons, or one with a common given name."""
    byline = _byline(block.text, document.names)
    return len(byline.authors) < _MANY or any(opens_like_a_name(normalise(name)) for name in byline.authors)


def _is_a_lone_name(block: Block, document: Document) -> bool:
    """Return whether a line is a person's name and nothing else."""
    byline = _byline(block.text, document.names)
    return byline.sure and len(byline.authors) == 1 and len(block.text.split()) in _BARE_WORDS


def _is_a_name_beside_a_date(block: Block, document: Document) -> bool:
    """Return whether a line is a date and a name, which begins with a common given name."""
    name = _undated(block.text, document)
    if name == block.text or len(name.split()) not in _BARE_WORDS:
        return False
    byline = _byline(name, document.names)
    return byline.sure and len(byline.authors) == 1 and opens_like_a_name(normalise(name))


def _undated(text: str, document: Document) -> str:
    """Return a line without the dates in it."""
    for _, start, end, _label in reversed(list(find_moments(text[:_LONGEST_LINE], zone=document.zone))):
        text = f"{text[:start]} {text[end:]}"
    return text.strip(" |-–—:،,•·()")


def _are_lone_names(block: Block, document: Document) -> bool:
    """Return whether a line is the names of several persons, each with a common given name."""
    if "/" not in block.text or len(block.text) > _LONGEST_NAMES:
        return False
    names = _byline(block.text, document.names).authors
    words = sum(len(name.split()) for name in names)
    alone = words == len(_TERM.findall(block.text))
    return len(names) > 1 and alone and all(opens_like_a_name(normalise(name)) for name in names)


def _is_labelled(block: Block, document: Document) -> bool:
    """Return whether something beside a name says that it is one: a label (كتب, حوار), a title, a city."""
    byline = _byline(block.text, document.names)
    if not byline.authors:
        dateline = leading_dateline(block.text, outlet_names=document.names).dateline
        return bool(dateline) or (bool(byline.agency) and _AGENCY_LABEL.search(block.text) is not None)
    if all(_TEMPLATE_WORD.fullmatch(author) for author in byline.authors):
        return False  # "Role" before an Arabic name is a label that only screen readers read
    bare = normalise(" ".join(byline.authors))
    beside = len(normalise(block.text).split()) > len(bare.split())
    return (byline.sure and beside) or bool(byline.dateline or byline.agency)
