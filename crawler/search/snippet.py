"""Marks the words of a query in the original letters of a text, and cuts out the best piece. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crawler.arabic.search_forms import Token, tokens
from crawler.search.query import Part
from crawler.search.results import Piece

LENGTH = 240  # letters of a snippet, about three lines
_MOST = 100_000  # letters of a text that are looked through
_BEFORE = 60  # letters before the first marked word
_CUT = "…"
_LONGEST_WORD = 40  # letters; the edge of a snippet moves at most so far


class Span(NamedTuple):
    """A marked place of a text."""

    start: int
    end: int
    found: int  # number of the query's part


@dataclass(frozen=True, slots=True)
class Marker:
    """Finds the words of a query in texts."""

    forms: dict[str, int]  # search form -> number of the part
    folded: dict[str, int]
    phrases: tuple[tuple[tuple[str, ...], int], ...]  # folded words, in order

    @classmethod
    def of(cls, parts: Iterable[Part]) -> "Marker":
        """Make the marker for the parts of a query; excluded ones mark nothing."""
        forms, folded, phrases = {}, {}, []
        for number, part in enumerate(part for part in parts if not part.excluded):
            if len(part.tokens) > 1:
                phrases.append((tuple(token.folded for token in part.tokens), number))
            elif part.exact:
                folded[part.tokens[0].folded] = number
            else:
                forms[part.tokens[0].form] = number
        return cls(forms, folded, tuple(phrases))

    def spans(self, text: str) -> list[Span]:
        """Return the places in a text that the query finds, in order, none inside another."""
        if not (self.forms or self.folded or self.phrases):
            return []
        words = list(tokens(text[:_MOST]))
        found = []
        for token in words:
            number = self.forms.get(token.form, self.folded.get(token.folded))
            if number is not None:
                found.append(Span(token.start, token.end, number))
        for phrase, number in self.phrases:
            found += _phrase_spans(words, phrase, number)
        return _apart(found)


def _phrase_spans(words: Sequence[Token], phrase: tuple[str, ...], number: int) -> list[Span]:
    folded = [token.folded for token in words]
    return [
        Span(words[place].start, words[place + len(phrase) - 1].end, number)
        for place, word in enumerate(folded)
        if word == phrase[0] and tuple(folded[place : place + len(phrase)]) == phrase
    ]


def _apart(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def marked(text: str, marker: Marker) -> tuple[Piece, ...]:
    """Return a whole text in pieces."""
    return _pieces(text, 0, len(text), marker.spans(text))


def snippet(text: str, marker: Marker, length: int = LENGTH) -> tuple[Piece, ...]:
    """Return the piece of a text with most of the query's words, or its beginning; cuts show as …"""
    spans = marker.spans(text)
    start = _word_start(text, max(0, _best(spans, length) - _BEFORE)) if spans else 0
    end = _word_end(text, start + length)
    pieces = _pieces(text, start, end, [span for span in spans if start <= span.start and span.end <= end])
    before, after = Piece(f"{_CUT} ", marked=False), Piece(f" {_CUT}", marked=False)
    return ((before,) if start else ()) + pieces + ((after,) if end < len(text) else ())


def _best(spans: list[Span], length: int) -> int:
    """Return where the window begins that holds most parts of the query, and then most places."""
    best, place, last = (0, 0), 0, 0
    inside: dict[int, int] = {}
    for number, span in enumerate(spans):
        last = max(last, number)
        while last < len(spans) and spans[last].end <= span.start + length - _BEFORE:
            inside[spans[last].found] = inside.get(spans[last].found, 0) + 1
            last += 1
        score = len(inside), sum(inside.values())
        if score > best:
            best, place = score, span.start
        if span.found in inside:
            inside[span.found] -= 1
            if not inside[span.found]:
                del inside[span.found]
    return place


def _word_start(text: str, position: int) -> int:
    """Return where the word at a position begins; a piece without spaces is cut."""
    for place in range(position, max(0, position - _LONGEST_WORD), -1):
        if text[place - 1].isspace():
            return place
    return max(0, position - _LONGEST_WORD)


def _word_end(text: str, position: int) -> int:
    for place in range(position, min(len(text), position + _LONGEST_WORD)):
        if text[place].isspace():
            return place
    return min(len(text), position + _LONGEST_WORD)


def _pieces(text: str, start: int, end: int, spans: Iterable[Span]) -> tuple[Piece, ...]:
    found, position = [], start
    for span in spans:
        found.append(Piece(text[position : span.start], marked=False))
        found.append(Piece(text[span.start : span.end], marked=True))
        position = span.end
    found.append(Piece(text[position:end], marked=False))
    return tuple(piece for piece in found if piece.text)
