"""Ledgers, pages and outcomes for the tests."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.archive.originals import Original
from crawler.discovery.source import Source, Window
from crawler.items import Article, Candidate, RecordPointer, article_id
from crawler.ledger.entries import Claim, Outcome, Recheck, State, StoredArticle, Verdict
from crawler.ledger.ledger import Ledger, OpenLedger
from crawler.ledger.schema import open_to_read
from crawler.tables.versions import Facets, version_of

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEVER = Recheck(ages=())
USUAL = Recheck(ages=(HOUR, 6 * HOUR, DAY, 7 * DAY))


def address(number: int) -> str:
    return f"https://paper.example/{number}/"


def page(number: int, **facts: Any) -> Candidate:
    return Candidate(url=address(number), via=facts.pop("via", "feed"), **facts)


def pages(*numbers: int) -> list[Candidate]:
    return [page(number) for number in numbers]


def numbers(claims: Iterable[Claim]) -> list[int]:
    return [int(claim.candidate.url.rstrip("/").rsplit("/", 1)[1]) for claim in claims]


def text_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def article(url: str, text: str, published: datetime | None = None, **more: Any) -> Article:
    digest = text_digest(text)
    values: dict[str, Any] = {"title": "عنوان", "rules_digest": "none"} | more
    return Article(
        id=article_id(url, digest),
        url=url,
        canonical_url=url,
        site="paper",
        outlet="صحيفة",
        text=text,
        word_count=1,
        text_sha256=digest,
        published=published,
        fetched_at=NOON,
        http_status=200,
        extractor="none",
        **values,
    )


def stored(read: Article, verdict: Verdict | None = None) -> StoredArticle:
    """What the ledger keeps of an article; of the verdict about it, if the test asked for one."""
    found = verdict or Verdict()
    read = replace(read, image_digests=found.image_digests)
    return StoredArticle(
        id=read.id,
        canonical_url=read.canonical_url,
        text_sha256=read.text_sha256,
        published=read.published,
        version=version_of(read),
        before=found.previous_version_id or "",
        facets=Facets.of(read).pack(),
        current=found.current,
    )


def outcome(claim: Claim, state: State, when: datetime = NOON, **facts: Any) -> Outcome:
    return Outcome(claim=claim, state=state, fetched_at=when, **facts)


def archived(
    claim: Claim, when: datetime = NOON, *, text: str | None = None, published: datetime | None = None
) -> Outcome:
    """The page's article was stored; its text is its address where the test says nothing of it."""
    read = article(claim.candidate.url, text or claim.candidate.url, published)
    return outcome(claim, "archived", when, article=stored(read))


def original(payload: str, *, file: str = "warc/paper/2026/06/a.warc.gz") -> Original:
    """A record as a run reports it."""
    digest = f"sha256:{text_digest(payload)}"
    return Original(
        digest=digest,
        uri=address(1),
        date=NOON,
        pointer=RecordPointer(
            warc_file=file,
            warc_offset=100,
            warc_length=50,
            warc_record_id="<urn:uuid:0>",
            payload_digest=digest,
        ),
    )


def begin(
    ledger: Ledger,
    name: str,
    now: datetime = NOON,
    *,
    window: Window = Window(),  # noqa: B008 - a frozen value
    recheck: Recheck = NEVER,
    sources: Sequence[Source] = (),
) -> OpenLedger:
    return ledger.begin_run(name, now, window=window, recheck=recheck, sources=sources)


@contextmanager
def opened(path: Path) -> Iterator[Ledger]:
    ledger = Ledger(path)
    try:
        yield ledger
    finally:
        ledger.close()


def look_into(path: Path, question: str) -> list[Any]:
    """The rows that an SQL question gives."""
    database = open_to_read(path)
    try:
        return database.execute(question).fetchall()
    finally:
        database.close()


def states(path: Path) -> dict[int, str]:
    """The state of each page by its number."""
    rows = look_into(path, "SELECT canonical, state FROM pages")
    return {int(canonical.rstrip("/").rsplit("/", 1)[1]): state for canonical, state in rows}
