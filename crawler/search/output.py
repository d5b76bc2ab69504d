"""The results of a search on a terminal, in a pipe, or as JSON Lines."""

import json
import re
import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from crawler.search.query import Query
from crawler.search.results import Hit, Piece, Results, Step, as_record

# The text of a site must not control the terminal, nor turn the direction of what follows it.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]+")
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_SPELLINGS = 8  # shown of one word


def print_json(query: Query, results: Results) -> None:
    """Print one JSON object a line for each hit; where there is none, a sentence on stderr."""
    for hit in results.hits:
        sys.stdout.write(json.dumps(as_record(hit), ensure_ascii=False) + "\n")
    if not results.total:
        sys.stderr.write(_nothing(query, results) + "\n")


def print_results(query: Query, results: Results) -> None:
    """Print the hits for a reader; marked words are bold on a terminal."""
    if not results.total:
        sys.stdout.write(_nothing(query, results) + "\n")
        return
    bold = sys.stdout.isatty()
    lines = [_heading(results)]
    for word, spellings in results.widened.items():
        forms = ", ".join(f"{_plain(each.text)} ({each.articles:,})" for each in spellings[:_SPELLINGS])
        more = f" and {len(spellings) - _SPELLINGS} more" if len(spellings) > _SPELLINGS else ""
        lines.append(f"{_plain(word)} finds: {forms}{more}" if forms else f"{_plain(word)} is in no article.")
    for number, hit in enumerate(results.hits, query.offset + 1):
        lines += ["", *_lines(number, hit, bold=bold)]
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def _heading(results: Results) -> str:
    shown = f", {len(results.hits):,} shown" if len(results.hits) < results.total else ""
    undated = f"; {results.undated:,} without a known date" if results.undated else ""
    return f"{results.total:,} article{'' if results.total == 1 else 's'}{shown}{undated}"


def _lines(number: int, hit: Hit, *, bold: bool) -> Iterable[str]:
    when = (hit.published or "no date")[: 10 if hit.precision == "day" else 16].replace("T", " ")
    yield f"{number}. {_text(hit.title_pieces, bold=bold)}"
    yield f"   {when} · {_plain(hit.outlet)} ({_plain(hit.site)}) · {_plain(hit.url)}"
    if hit.snippet:
        yield f"   {_text(hit.snippet, bold=bold)}"


def _text(pieces: Iterable[Piece], *, bold: bool) -> str:
    return "".join(
        f"{_BOLD}{_plain(piece.text)}{_PLAIN}" if bold and piece.marked else _plain(piece.text)
        for piece in pieces
    )


def _plain(text: str) -> str:
    return _CONTROLS.sub(" ", text)


def _nothing(query: Query, results: Results) -> str:
    sentence = "No article was found."
    if results.undated:
        sentence += f" {results.undated:,} without a known date match; leave out the days to see them."
    unknown = [word for word, spellings in results.widened.items() if not spellings]
    if unknown and len(query.parts()) > 1:
        sentence += f" No article holds {', '.join(map(_plain, unknown))}."
    return sentence


class ProgressLine:
    """Shows on a terminal how far the index is; silent elsewhere, and where there is little to do."""

    def __init__(self) -> None:
        self._shown = False
        self._is_terminal = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def __call__(self, step: Step) -> None:
        if not self._is_terminal:
            return
        if step.waiting:
            text = "Another process is bringing the index up to date; waiting for it."
        else:
            percent = 100 * step.done // step.total if step.total else 100
            text = f"Bringing the index up to date: {percent} %, {step.articles:,} articles"
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
        self._shown = True
