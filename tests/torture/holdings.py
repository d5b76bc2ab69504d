"""What an archive and its ledger hold, to compare two crawls of the same newspaper."""

import sqlite3
import tempfile
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from tests.crawl.archive_reading import articles, leftovers, warcs
from tests.crawl.running import scrapy
from tests.torture.blows import finish_crawl
from tests.torture.press import printing
from tests.torture.town import kind_of

MIN_REVISIT_BYTES = 256  # a second capture of a payload at least this long is a revisit


@dataclass(frozen=True)
class Holdings:
    """Counts that depend neither on the order of the fetches nor on the newspaper's port."""

    texts: Counter[str]  # articles by the digest of their text
    ids: Counter[str]
    payloads: Counter[tuple[str, str]]  # full responses by path and payload digest
    states: Counter[tuple[str, ...]]  # pages by state; a copy and its original are one entry

    @classmethod
    def of(cls, archive: Path, spool: Path | None = None) -> "Holdings":
        rows = articles(archive)
        return cls(
            texts=Counter(row["text_sha256"] for row in rows),
            ids=Counter(row["id"] for row in rows),
            payloads=_payloads(archive),
            states=_states(spool or archive / ".spool"),
        )


@cache
def undisturbed(pages: int, *, padding: int = 0, paragraphs: int = 4) -> Holdings:
    """Crawl a town's newspaper without disturbing the crawl; return what its archive holds."""
    with (
        tempfile.TemporaryDirectory() as folder,
        printing(pages, padding=padding, paragraphs=paragraphs) as press,
    ):
        result = finish_crawl(press, Path(folder))
        assert result.returncode == 0, result.stderr[-3000:]
        return Holdings.of(Path(folder))


def faults(archive: Path, whole: Holdings, spool: Path | None = None) -> list[str]:
    """Return a sentence for each difference between an archive and that of an undisturbed crawl."""
    held = Holdings.of(archive, spool)
    found: list[str] = []
    found += _differences("text", held.texts, whole.texts)
    found += _differences("payload", held.payloads, whole.payloads)
    found += _differences("state", held.states, whole.states)
    found += [f"article {value} is there {n} times" for value, n in held.ids.items() if n > 1]
    found += [f"{path.relative_to(archive)} is still in the spool" for path in leftovers(archive)]
    verified = scrapy("verify", str(archive))
    if verified.returncode != 0:
        found.append(f"verify: {verified.stdout}{verified.stderr}")
    return found


def _differences(what: str, own: Counter[Any], theirs: Counter[Any]) -> list[str]:
    missing = [f"{what} {value} is missing" for value in theirs - own]
    return missing + [f"{what} {value} is there {n} times too often" for value, n in (own - theirs).items()]


def _payloads(archive: Path) -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    for warc in warcs(archive):
        with warc.open("rb") as stream:
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response, parse_http=True):
                if record.http_headers.status_code != 200 or len(record.reader.read()) < MIN_REVISIT_BYTES:
                    continue
                path = "/" + record.headers["WARC-Target-URI"].split("/", 3)[3]
                counted[path, record.headers["WARC-Payload-Digest"]] += 1
    return counted


def _states(spool: Path) -> Counter[tuple[str, ...]]:
    """Count states by page. Of two equal texts the first one is stored, so their states are one entry."""
    [ledger] = (spool / "ledger").glob("*.sqlite")
    database = sqlite3.connect(ledger)
    try:
        rows = dict(database.execute("SELECT canonical, state FROM pages").fetchall())
    finally:
        database.close()
    together: dict[str, list[str]] = {}
    for canonical, state in rows.items():
        number = int(canonical.rpartition("-")[2])
        first = number - (kind_of(number) == "copy")
        name = "/moved/" if "/moved/" in canonical else "/news/"
        together.setdefault(f"{name}{first}", []).append(state)
    return Counter((name, *sorted(states)) for name, states in together.items())
