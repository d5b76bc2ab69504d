"""Decides what a bundle proves and what it does not prove, from what is in it. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from string import Formatter

from crawler.evidence.facts import Facts


def _read() -> dict[str, dict[str, tuple[str, str]]]:
    parts = json.loads(files("crawler.evidence").joinpath("sentences.json").read_text("utf-8"))
    return {part: {name: (pair[0], pair[1]) for name, pair in words.items()} for part, words in parts.items()}


SENTENCES = _read()  # by part and name: English and Arabic


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """How a bundle was asked for."""

    redacted: bool = False
    whole_files: bool = False
    signed_with: str | None = None  # id of the key that signs the list of the files


Claim = tuple[str, dict[str, str]]  # name of a sentence and its values


def readable(moment: datetime) -> str:
    """Format a moment in UTC for a person."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def proved(facts: Facts, shape: Shape) -> Iterator[Claim]:
    """Yield what the bundle proves."""
    run = facts.run
    if shape.redacted:
        yield "inside", {}
        return
    if run is not None:
        yield "unchanged", {"sealed": readable(run.manifest.facts.ended)}
        if len(facts.chains.runs) > 1:
            yield "chain", {"count": str(len(facts.chains.runs))}
    for key in facts.key_ids:
        if key in facts.keys:
            yield "signed", {"key": key}
    for stamp in facts.covering.values():
        yield "stamped", {"stamp": readable(stamp.moment), "authority": stamp.authority}
    if shape.whole_files and run is not None:
        yield "whole", {}
    if facts.pictures:
        yield "pictured", {}
    if shape.signed_with:
        yield "bundled", {"key": shape.signed_with}


def unproved(facts: Facts, shape: Shape) -> Iterator[Claim]:
    """Yield what the bundle does not prove."""
    for name in ("origin", "truth", "others", "between", "look"):
        yield name, {}
    yield "clock", {"moment": readable(facts.subject.moment)}
    if not shape.redacted:
        yield from _open_ends(facts, shape)
    if facts.subject.row is not None:
        yield "text", {}
    if facts.pictures and shape.redacted:
        yield "picture-loose", {}
    if not shape.signed_with:
        yield "derived", {}


def _open_ends(facts: Facts, shape: Shape) -> Iterator[Claim]:
    if facts.run is None:
        yield "no-seal", {}
    elif not facts.key_ids:
        yield "no-signature", {}
    for key in facts.key_ids:
        yield ("key" if key in facts.keys else "no-key"), {"key": key}
    if facts.covering:
        yield "authority", {}
        yield "revocation", {}
    else:
        yield "no-stamp", {}
    if not shape.whole_files:
        yield "head", {"file": facts.subject.warc_file.rpartition("/")[2]}


def lost(shape: Shape) -> Iterator[Claim]:
    """Yield the checks that leaving out the operator costs."""
    for name in SENTENCES["costs"] if shape.redacted else ():
        yield name, {}


def sentence(part: str, claim: Claim, language: int) -> list[tuple[str, bool]]:
    """Return the pieces of a claim, and whether each is a value; language 0 is English, 1 Arabic."""
    name, values = claim
    pieces: list[tuple[str, bool]] = []
    for text, field, _, _ in Formatter().parse(SENTENCES[part][name][language]):
        pieces += [(text, False)] if text else []
        pieces += [(values[field], True)] if field else []
    return pieces
