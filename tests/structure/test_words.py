"""Words of the first version's prose that made sentences hard to read: none comes back."""

import re
from pathlib import Path

import pytest

from tests.crawl.running import PROJECT

UNWANTED = re.compile(r"\b(told|nobody|somebody|whoever|dressed|workshop)\b", re.IGNORECASE)
FOLDERS = ("benchmarks", "crawler", "docs", "pipelines", "settings", "spiders", "tests", "deploy")
ENDINGS = {".py", ".md", ".toml", ".json", ".conf", ".cfg", ".txt", ".service", ".sh"}
EXCEPTIONS = {
    Path("crawler/ledger/steps.py"),  # SQLite keeps the text of the first step in every ledger
    Path("tests/structure/test_words.py"),
}


def files() -> list[Path]:
    inner = [path for folder in FOLDERS for path in (PROJECT / folder).rglob("*")]
    found = [path.relative_to(PROJECT) for path in [*inner, *PROJECT.glob("*.md")] if path.suffix in ENDINGS]
    return sorted(set(found) - EXCEPTIONS)


@pytest.mark.parametrize("folder", [*FOLDERS, "."])
def test_no_unwanted_word(folder: str) -> None:
    chosen = [
        path for path in files() if (path.parts[0] == folder if folder != "." else len(path.parts) == 1)
    ]
    assert chosen
    found = [
        f"{path}:{number}: {line.strip()}"
        for path in chosen
        for number, line in enumerate((PROJECT / path).read_text("utf-8").splitlines(), start=1)
        if UNWANTED.search(line)
    ]
    assert found == []
