"""A small real archive, made by the parts that make large ones: recorder, journal, Parquet, manifest."""

import asyncio
import gzip
import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq

from crawler.archive.canonical import distributions_digest, settings_digest
from crawler.archive.exchange import Exchange
from crawler.archive.manifest import ManifestFile, RunFacts, build_manifest, previous_manifests
from crawler.archive.originals import Originals
from crawler.archive.recorder import Recorder
from crawler.archive.signing import Signer, seal_run
from crawler.archive.warc_file import ClosedWarc
from crawler.items import Article, RecordPointer
from crawler.run.journal import Journal
from crawler.run.parquet import write_parquet
from crawler.storage import open_storage
from crawler.storage.outbox import Outbox

SITE = "warraq_example"
FIRST_RUN = datetime(2026, 11, 21, 22, 0, 0, tzinfo=UTC)
STORY = "كان في بغداد مئة حانوت للورّاقين.\nوكان كلّ حانوت مجلسًا للعلم، وهذه الحكاية رقم {}."


@dataclass(frozen=True)
class Run:
    run_id: str
    warc: str  # keys
    cdxj: str
    table: str


@dataclass(frozen=True)
class Archive:
    root: Path
    runs: Sequence[Run]

    def path(self, key: str) -> Path:
        return self.root / key

    def rewrite(self, key: str, change: Callable[[bytes], bytes]) -> None:
        path = self.path(key)
        path.write_bytes(change(path.read_bytes()))

    def members(self, key: str) -> list[bytes]:
        """The gzip members of a WARC file; they begin where the magic stands before a record's head."""
        data, starts = self.path(key).read_bytes(), []
        at = data.find(b"\x1f\x8b\x08")
        while at >= 0:
            try:
                if gzip.decompress(data[at:])[:5] == b"WARC/":
                    starts.append(at)
            except (OSError, EOFError, ValueError):
                pass
            at = data.find(b"\x1f\x8b\x08", at + 1)
        return [data[start:end] for start, end in zip(starts, [*starts[1:], len(data)], strict=True)]


def run_id(number: int) -> str:
    return f"{FIRST_RUN + timedelta(hours=number):%Y%m%d%H%M%S}-{SITE}-{number:06x}"


def exchange(number: int, *, chunked: bool = False, padding: int = 0) -> Exchange:
    body = STORY.format(number).encode()
    if padding:
        body += random.Random(number).randbytes(padding)  # noqa: S311 - bytes that no gzip makes smaller
    framing = f"Content-Length: {len(body)}"
    if chunked:
        framing = "Transfer-Encoding: chunked"
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:20], body[20:])) + b"0\r\n\r\n"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{framing}\r\n\r\n"
    return Exchange(
        uri=f"https://warraq.example/{number}",
        request=f"GET /{number} HTTP/1.1\r\nHost: warraq.example\r\n\r\n".encode(),
        response=head.encode() + body,
        started=FIRST_RUN + timedelta(seconds=number),
        duration=timedelta(milliseconds=25),
    )


def article(number: int, run: str, pointer: RecordPointer) -> Article:
    text, url = STORY.format(number), f"https://warraq.example/{number}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Article(
        id=hashlib.sha256(f"{url}\n{digest}".encode()).hexdigest()[:32],
        url=url,
        canonical_url=url,
        site=SITE,
        outlet="ورّاق",
        title=f"الحكاية {number} كما قرأها {run}",  # each run stores a version of its own
        text=text,
        word_count=len(text.split()),
        text_sha256=digest,
        fetched_at=FIRST_RUN,
        http_status=200,
        extractor="warraq 0",
        rules_digest="0" * 64,
        run_id=run,
        warc_file=pointer.warc_file,
        warc_offset=pointer.warc_offset,
        warc_length=pointer.warc_length,
        warc_record_id=pointer.warc_record_id,
        payload_digest=pointer.payload_digest,
    )


def build(root: Path, spool: Path, *, runs: int = 2, pages: int = 4, signer: Signer | None = None) -> Archive:
    """Runs one after the other, each with a WARC file, its index, and one Parquet file."""
    return Archive(root, [add_run(root, spool, number, pages, signer=signer) for number in range(runs)])


def add_run(
    root: Path,
    spool: Path,
    number: int,
    pages: int,
    *,
    name: str | None = None,
    signer: Signer | None = None,
    padding: int = 0,
    adopted: Sequence[ManifestFile] = (),
    follows: bool = True,
    again: Sequence[int] = (),
    originals: Originals | None = None,
) -> Run:
    """The run of the hour `number`; `adopted` files stand in its manifest too; `follows` an earlier one.

    The pages `again` are captured a day later, behind the others: revisits, where `originals` knows them.
    """
    name = name or run_id(number)
    first = abs(number) * pages
    exchanges = [
        exchange(each, chunked=each % 2 == 1, padding=padding) for each in range(first, first + pages)
    ]
    for each in again:
        later = exchange(each, chunked=each % 2 == 1, padding=padding)
        exchanges.append(replace(later, started=later.started + timedelta(days=1, hours=number)))
    [closed], pointers = asyncio.run(_record(spool, name, exchanges, originals))
    journal = Journal(spool / "journal")
    for page, pointer in pointers.items():
        journal.append(article(page, name, pointer))
    full = journal.close()
    assert full is not None
    [table] = write_parquet(full, spool, site=SITE, run_id=name, part=1)
    rows = pq.read_metadata(table).num_rows
    (spool / f"runs/{name}").mkdir(parents=True)
    (spool / f"runs/{name}/log.txt").write_text("It went well.\n")
    storage, outbox = open_storage(str(root)), Outbox(spool, open_storage(str(root)))
    delivered = [
        ManifestFile.of(
            file,
            warc=closed if file.key == closed.key else None,
            rows=rows if file.key.endswith(".parquet") else None,
        )
        for file in outbox.deliver_all().delivered
    ]
    previous = previous_manifests(storage, SITE, name) if follows else ()
    manifest = build_manifest(facts(name, number, signer), [*delivered, *adopted], previous)
    seal_run(spool, manifest, signer)
    assert outbox.deliver_all().failed == {}
    return Run(name, closed.key, closed.cdxj.key, table.relative_to(spool).as_posix())


def facts(name: str, number: int, signer: Signer | None = None) -> RunFacts:
    return RunFacts(
        run_id=name,
        site=SITE,
        began=FIRST_RUN + timedelta(hours=number),
        ended=FIRST_RUN + timedelta(hours=number, minutes=5),
        operator="مكتبة الورّاق",
        host="press",
        software={"warraq": "0"},
        distributions_sha256=distributions_digest(),
        settings_sha256=settings_digest({"ARCHIVE": "archive", "AWS_SECRET_ACCESS_KEY": "hidden"}),
        key_id=signer.key_id if signer else None,
    )


async def _record(
    spool: Path, name: str, exchanges: Sequence[Exchange], originals: Originals | None
) -> tuple[list[ClosedWarc], dict[int, RecordPointer]]:
    announced: list[ClosedWarc] = []
    recorder = Recorder(
        spool, site=SITE, run_id=name, info={}, on_closed=announced.append, originals=originals
    )
    pointers = {}
    for each in exchanges:
        recorded = await recorder.record(each)
        assert recorded is not None
        pointers[int(each.uri.rpartition("/")[2])] = recorded.pointer
    return await recorder.close(), pointers
