"""Pairs of texts: planted ones are found, stock phrases and templates are not."""

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from crawler.stories import pairs as module
from crawler.stories.pairs import Pair, pairs
from crawler.stories.prints import fingerprints

CHANCE = random.Random(5)  # noqa: S311 - the same words in each run
WORDS = [f"كلمة{number}" for number in range(4_000)]


def text(words: int) -> str:
    return " ".join(CHANCE.choices(WORDS, k=words))


def compare(texts: list[str], *, sites: list[int] | None = None, days: list[int] | None = None) -> list[Pair]:
    found = [fingerprints(each).hashes for each in texts]

    def chunks() -> Iterator[tuple[Any, Any]]:
        for number, hashes in enumerate(found):
            yield np.frombuffer(hashes, np.uint64), np.full(len(hashes), number, np.uint32)

    return pairs(
        chunks,
        np.array([len(hashes) for hashes in found]),
        np.array(sites or range(len(texts)), np.int32),
        np.array(days or [0] * len(texts), np.int32),
    )


def joined(found: list[Pair]) -> set[tuple[int, int]]:
    return {(each.first, each.second) for each in found}


def test_a_quarter_inside_another_text_is_found() -> None:
    wire = text(300)
    quoted = f"{text(150)} {' '.join(wire.split()[120:195])} {text(100)}"
    [found] = compare([wire, text(300), quoted])
    assert (found.first, found.second) == (0, 2)
    assert 0.15 < found.first_in_second < 0.3
    assert 0.1 < found.second_in_first < 0.3


def test_shuffled_paragraphs_are_found_whole() -> None:
    parts = [text(60) for _ in range(5)]
    [found] = compare(["\n".join(parts), "\n".join(reversed(parts))])
    assert min(found.first_in_second, found.second_in_first) > 0.6


def test_unrelated_texts_and_short_quotes_make_no_pair() -> None:
    quote = text(14)
    assert compare([f"{text(200)} {quote}", f"{quote} {text(250)}", text(300)]) == []


def test_a_phrase_of_many_days_joins_nothing() -> None:
    phrase = text(80)
    texts = [f"{text(120)} {phrase}" for _ in range(30)]
    assert compare(texts, days=list(range(30))) == []
    assert len(compare(texts)) > 30  # on one day it is a story


def test_the_template_of_a_site_joins_nothing() -> None:
    template = text(150)
    texts = [f"{template} {text(20)}" for _ in range(6)]
    assert compare(texts, sites=[1] * 6) == []
    assert len(compare(texts, sites=[1, 1, 2, 2, 3, 3])) == 15


def test_texts_far_apart_in_time_are_two_stories() -> None:
    wire = text(200)
    assert len(compare([wire, f"{wire} {text(10)}"], days=[0, 30])) == 1
    assert compare([wire, f"{wire} {text(10)}"], days=[0, 31]) == []


def test_many_near_copies_are_bounded_and_connected() -> None:
    wire = text(100)
    found = compare([f"{wire} {text(12)}" for _ in range(400)])
    assert len(found) <= 400 * 40
    assert {each.second for each in found} == set(range(1, 400))


def test_parts_of_the_fingerprints_give_the_same_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = [text(200) for _ in range(20)]
    texts = wire + [f"{each} {text(50)}" for each in wire] + [text(200) for _ in range(50)]
    whole = compare(texts)
    assert len(whole) == 20
    monkeypatch.setattr(module, "_IN_MEMORY", 500)
    assert joined(compare(texts)) == joined(whole)


def test_nothing_makes_no_pairs() -> None:
    assert compare([]) == []
    assert compare(["", ""]) == []
