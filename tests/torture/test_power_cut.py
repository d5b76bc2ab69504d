"""A power cut loses bytes that were not synced yet: tests remove them after a kill."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator

from tests.torture.blows import Blow, finish_crawl, struck_crawl
from tests.torture.holdings import faults, undisturbed
from tests.torture.press import printing

PAGES = 60
KILLED_AT = 40  # requests
ARTICLES = 5  # in the journal then, at least
MAX_EXCHANGE_RECORDS = 3
ONE_FILE = {"WARC_MAX_BYTES": "100000000"}


def lose_records_that_the_ledger_does_not_know(spool: Path) -> None:
    """Cut the WARC file behind the last record that the ledger knows."""
    warc = _warc(spool)
    [ledger] = (spool / "ledger").glob("*.sqlite")
    database = sqlite3.connect(ledger)
    done = "SELECT canonical FROM pages WHERE state NOT IN ('new', 'claimed')"
    settled = {url for (url,) in database.execute(done)}
    known = "SELECT offset FROM originals JOIN files ON files.id = file WHERE name LIKE ?"
    relied_on = [place for (place,) in database.execute(known, (f"%{warc.name.removesuffix('.open')}",))]
    database.close()
    with warc.open("rb") as stream:
        records = [
            (record.stream_pos, record.headers.get("WARC-Target-URI"))
            for record in ArchiveIterator(stream, parse_http=False)
        ]
    kept = relied_on + [place for place, url in records if url in settled]
    later = [place for place, url in records if place > max(kept, default=0)]
    _cut(warc, later[MAX_EXCHANGE_RECORDS] if len(later) > MAX_EXCHANGE_RECORDS else warc.stat().st_size)


def lose_ledger_and_warc(spool: Path) -> None:
    _forget_ledger(spool)
    _cut(_warc(spool), 0)


def lose_ledger_and_half_a_line(spool: Path) -> None:
    _forget_ledger(spool)
    [journal] = spool.rglob("*.jsonl.open")
    lines = journal.read_bytes().splitlines(keepends=True)
    _cut(journal, journal.stat().st_size - len(lines[-1]) // 2)


def lose_ledger_and_find_zeros(spool: Path) -> None:
    """Append zeros: a file system may have set the length of a file and not written its bytes."""
    _forget_ledger(spool)
    with _warc(spool).open("ab") as warc:
        warc.write(bytes(4096))


@pytest.mark.parametrize(
    "lose",
    [
        lose_records_that_the_ledger_does_not_know,
        lose_ledger_and_warc,
        lose_ledger_and_half_a_line,
        lose_ledger_and_find_zeros,
    ],
)
def test_what_a_power_cut_takes_is_fetched_again(tmp_path: Path, lose: Callable[[Path], None]) -> None:
    cut = tmp_path / "cut"
    with printing(PAGES) as press:
        killed = struck_crawl(press, cut, Blow(kind="request", at=KILLED_AT, articles=ARTICLES), ONE_FILE)
        assert killed.returncode == -9, killed.errors[-3000:]
        lose(cut / ".spool")
        last = finish_crawl(press, cut, ONE_FILE)
        assert last.returncode == 0, last.stderr[-3000:]
    assert faults(cut, undisturbed(PAGES)) == []


def _warc(spool: Path) -> Path:
    [warc] = spool.rglob("*.warc.gz.open")
    return warc


def _cut(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)


def _forget_ledger(spool: Path) -> None:
    for path in (spool / "ledger").iterdir():
        path.unlink()
