"""The list of reasons: each has words in both languages, and no module uses another."""

import ast
from collections.abc import Iterator
from pathlib import Path

from crawler.errors import Reason
from crawler.report.words import reason
from tests.structure.imports import FOLDERS, ROOT

# Functions and classes that take a reason, by keyword or as one of their arguments.
TAKERS = frozenset({"Rejection", "Refusal", "refusal", "UnreadableError", "drop", "Dropped"})


def test_every_reason_has_words_in_english_and_arabic() -> None:
    words = {each: reason(each) for each in Reason}
    assert [each for each, pair in words.items() if pair is None or not all(pair)] == []


def test_every_reason_in_the_code_is_in_the_list() -> None:
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    used = {value for path in paths for value in _reasons(path)}
    assert used
    assert used - set(Reason) == set()


def _reasons(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TAKERS:
            given = [*node.args[:2], *(each.value for each in node.keywords if each.arg == "reason")]
            texts = [each.value for each in given if isinstance(each, ast.Constant)]
            yield from (text for text in texts[:1] if isinstance(text, str))
