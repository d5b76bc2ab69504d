"""Scan the tags and texts of XML that sites damage. Pure.

A parser ends at the first fault, or mends it by guessing and changes addresses: libxml2 reads `?id=4&cat=7`
as `?id=4=7`. A scan reads each tag and each text as it stands, also beside broken ones. It builds no
tree, defines no entities and opens nothing, so its time and memory are linear in what it reads.
"""

import html.entities
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

MAX_TAG = 2**20  # characters of one tag; the attributes of a longer one are passed over
MAX_ATTRIBUTES = 100  # of one tag that are read

_NAME = r"[A-Za-z_][^\s<>/\"'=]{0,100}"
_TOKEN = re.compile(
    rf"<(?:(?P<close>/)?(?P<name>{_NAME})(?:(?P<rest>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)|(?P<odd>[^<>]*+))>"
    r"|(?P<mark>!--|!\[CDATA\[|\?)|!(?P<declaration>[A-Za-z]{2,20})[^<>\[]*+[>\[]?)"
)
_BEGINNING = re.compile(r"<(?:/?[A-Za-z_]|[!?/]?\Z|!-|!\[|![A-Za-z]+\Z)")
_ENDS = {"!--": "-->", "![CDATA[": "]]>", "?": ">"}
_TEXT_AT_ONCE = 2**16  # characters of a text that are kept until its end is met
_LONGEST_REFERENCE = 40  # characters
_ATTRIBUTE = re.compile(r"([^\s=\"'/]{1,100})\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(r"&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});)")
_OF_XML = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
# Characters that XML 1.0 forbids and sites send nevertheless, with U+0000 and lone surrogates.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Tag(NamedTuple):
    """A start, end or empty tag; prefix and name are in lower case."""

    prefix: str
    name: str
    closes: bool  # an end tag
    empty: bool  # <name/>
    attributes: str  # as written


class Text(NamedTuple):
    """Characters between tags, as written; `literal` are those of a CDATA section."""

    written: str
    literal: bool = False


class Declaration(NamedTuple):
    """A markup declaration, for example of the document type; the name is in upper case."""

    name: str


Event = Tag | Text | Declaration


class Scanner:
    """Turns the pieces of a document into events. `damaged`: some of it was not XML."""

    def __init__(self) -> None:
        self.damaged = False
        self._buffer = ""
        self._end = ""  # the end of the comment, CDATA section, instruction or overlong tag that is open
        self._literal = False  # the open section is a CDATA section

    def events(self, pieces: Iterable[str]) -> Iterator[Event]:
        """Yield the events of a document. Errors of the iterator of pieces pass through."""
        for piece in pieces:
            self._buffer += piece
            yield from self._read(last=False)
        yield from self._read(last=True)
        self.damaged = self.damaged or bool(self._end)

    def _read(self, *, last: bool) -> Iterator[Event]:
        """Yield the complete events of the buffer, and keep the rest in it."""
        at, text = 0, self._buffer
        while at < len(text):
            read = self._section if self._end else self._markup if text[at] == "<" else self._characters
            after, event = read(text, at, last=last)
            if event:
                yield event
            if after == at:  # more is needed
                break
            at = after
        self._buffer = text[at:]

    def _characters(self, text: str, at: int, *, last: bool) -> tuple[int, Event | None]:
        """Return the place behind the characters that begin here, and their event."""
        end = text.find("<", at)
        if end < 0:  # a text whose end is not there yet is not cut inside a reference
            long = len(text) - at > _TEXT_AT_ONCE
            end = len(text) if last else len(text) - _LONGEST_REFERENCE if long else at
        return end, Text(text[at:end]) if end > at else None

    def _markup(self, text: str, at: int, *, last: bool) -> tuple[int, Event | None]:
        """Return the place behind the markup that begins here, and its event."""
        token = _TOKEN.match(text, at)
        odd = token is None or token["odd"] is not None  # no tag, or one whose quotes do not match
        if odd and not last and self._may_go_on(text, at):
            return at, None
        self.damaged = self.damaged or odd
        return (at + 1, Text("<")) if token is None else (token.end(), self._event(token))

    def _section(self, text: str, at: int, *, last: bool) -> tuple[int, Event | None]:
        """Return the place up to which an open section was read, and its text if it is a CDATA section."""
        found = text.find(self._end, at)
        stop = found if found >= 0 else len(text) if last else max(at, len(text) - len(self._end) + 1)
        section = Text(text[at:stop], literal=True) if self._literal and stop > at else None
        if found >= 0:
            stop += len(self._end)
            self._end, self._literal = "", False
        return stop, section

    def _may_go_on(self, text: str, at: int) -> bool:
        """Return whether what begins here may be a tag whose end is not there yet."""
        if not _BEGINNING.match(text, at) or text.find("<", at + 1) >= 0:
            return False
        if len(text) - at > MAX_TAG:
            self._end, self._buffer, self.damaged = ">", "", True
        return True

    def _event(self, token: re.Match[str]) -> Event | None:
        mark, declaration = token["mark"], token["declaration"]
        if declaration:
            return Declaration(declaration.upper())
        if mark:
            self._end, self._literal = _ENDS[mark], mark == "![CDATA["
            return None
        prefix, _, name = token["name"].lower().rpartition(":")
        rest = token["rest"] or token["odd"] or ""
        return Tag(prefix, name, token["close"] is not None, rest.endswith("/"), rest)


def attributes_of(tag: Tag) -> dict[str, str]:
    """Return the first MAX_ATTRIBUTES attributes of a tag, names in lower case; of doubled ones the first."""
    found: dict[str, str] = {}
    for match in islice(_ATTRIBUTE.finditer(tag.attributes), MAX_ATTRIBUTES):
        found.setdefault(match[1].lower(), characters(match[2] if match[2] is not None else match[3]))
    return found


def characters(written: str) -> str:
    """Return the characters that a text stands for.

    References of XML and HTML are resolved; an ampersand that begins none stays, as in `?id=4&cat=7`; what
    XML forbids is left out.
    """
    if "&" in written:
        written = _REFERENCE.sub(_resolved, written)
    return without_controls(written)


def without_controls(text: str) -> str:
    """Return the text without the characters that XML 1.0 forbids."""
    return _FORBIDDEN.sub("", text)


def is_sound(written: str) -> bool:
    """Return whether a text is well-formed XML: no bare ampersand, no reference to what XML does not know."""
    return not (
        _FORBIDDEN.search(written)
        or _AMPERSAND.search(written)
        or ("&#" in written and _FORBIDDEN.search(_REFERENCE.sub(_number, written)))
    )


def _resolved(reference: re.Match[str]) -> str:
    name = reference[3]
    if name is None:
        return without_controls(_number(reference))
    return _OF_XML.get(name) or html.entities.html5.get(f"{name};", reference[0])


def _number(reference: re.Match[str]) -> str:
    """Return the character of a numeric reference, U+0000 for one that is no character."""
    decimal, hexadecimal, name = reference.groups()
    if name is not None:
        return ""
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if code <= 0x10FFFF else "\x00"  # noqa: PLR2004 - the last code point
