"""Indexes: what other tools make of the same files, what is broken, sorting with little memory."""

import dataclasses
from pathlib import Path

import pytest

from crawler.archive.cdxj_index import indexes, parse_line, read_index, without_index
from crawler.archive.names import cdxj_key, warc_key
from crawler.errors import ArchiveError
from crawler.storage import open_storage
from tests.wacz.conftest import Archived
from tests.wacz.made import exchange, record
from tests.wacz.readers import index_of

RUN = "20260301120000-paper-abcdef"
NAME = "W-1.warc.gz"
GOOD = (
    'com,example)/ 20260301120000 {"url": "http://example.com/", "mime": "text/html", "status": "200",'
    ' "digest": "sha256:00", "length": "9", "offset": "7", "filename": "W-1.warc.gz"}'
)


def test_our_index_of_a_newspaper_is_what_cdxj_indexer_makes(archived: Archived) -> None:
    ours = [
        line for path in archived.folder.glob("cdxj/*/*/*/*.cdxj") for line in path.read_text().splitlines()
    ]
    assert sorted(ours) == index_of(archived.warcs)


def test_the_two_differences_from_cdxj_indexer(tmp_path: Path) -> None:
    """It indexes what is no HTTP, with the status "HTTP"; and it gives answers without payload a digest."""
    spoken = exchange("http://paper.example/1", b"x")
    silent = dataclasses.replace(exchange("http://paper.example/2"), response=b"NOT HTTP\r\n\r\nx")
    empty = exchange("http://paper.example/3", status="304 Not Modified")
    record(tmp_path, RUN, [spoken, silent, empty])
    [path] = tmp_path.glob("cdxj/**/*.cdxj")
    ours = path.read_text().splitlines()
    theirs = index_of(list(tmp_path.glob("warc/**/*.gz")))
    assert len(theirs) == 3
    assert theirs[0] == ours[0]
    assert '"status": "HTTP"' in theirs[1]
    assert '"digest": "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", ' in theirs[2]  # of nothing
    assert [theirs[2].replace('"digest": "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", ', "")] == ours[1:]


def test_a_line_comes_back_as_it_was() -> None:
    assert parse_line(GOOD, NAME).text() == GOOD
    assert parse_line(GOOD, NAME).moved(offset=8, filename="x").text() == GOOD.replace('"7"', '"8"').replace(
        NAME, "x"
    )


@pytest.mark.parametrize(
    "line",
    [
        "",
        "com,example)/",
        "com,example)/ 2026 {}",
        "com,example)/ 20260301120000 ",
        "com,example)/ 20260301120000 []",
        "com,example)/ 20260301120000 " + "[" * 100_000,
        GOOD.replace('"7"', '"-7"'),
        GOOD.replace('"7"', '"seven"'),
        GOOD.replace('"7"', "7"),
        GOOD.replace('"9"', '"0"'),
        GOOD.replace("W-1", "W-2"),
        GOOD.replace("W-1", "../W-1"),
        GOOD.replace("url", "uri"),
    ],
    ids=lambda line: line[:120],
)
def test_a_broken_line_is_an_error_that_names_its_place(line: str, tmp_path: Path) -> None:
    folder = tmp_path / "cdxj" / "s"
    folder.mkdir(parents=True)
    (folder / "W-1.cdxj").write_text(f"{GOOD}\n{line}\n")
    reading = read_index(open_storage(str(tmp_path)), "cdxj/s/W-1.cdxj")
    next(reading)
    with pytest.raises(ArchiveError, match=r"cdxj/s/W-1.cdxj in .*, line 2: "):
        next(reading)


def test_which_indexes_there_are(tmp_path: Path) -> None:
    record(tmp_path, RUN, [exchange("http://paper.example/")])
    record(tmp_path, "20260301120000-other-abcdef", [exchange("http://other.example/")])
    storage = open_storage(str(tmp_path))
    assert [key.split("/")[1] for key in indexes(storage)] == ["other", "paper"]
    [key] = indexes(storage, "paper")
    assert cdxj_key(warc_key(key)) == key
    assert without_index(storage) == []
    (tmp_path / key).unlink()
    assert without_index(storage) == without_index(storage, "paper") == [warc_key(key)]
    assert without_index(storage, "other") == []
    with pytest.raises(ArchiveError, match="no site 'third'; it has other, paper"):
        indexes(storage, "third")
