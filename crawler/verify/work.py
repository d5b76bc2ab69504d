"""Checks files in parallel, in processes that have the archive open."""

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal

from crawler.archive.manifest import ManifestFile
from crawler.archive.names import warc_key
from crawler.errors import ArchiveError
from crawler.site import Site
from crawler.storage import Entry, S3Credentials, Storage, open_storage
from crawler.tables.succession_proof import rows_in
from crawler.tables.succession_record import Rows
from crawler.verify.articles import check_articles
from crawler.verify.faults import Code, Findings
from crawler.verify.index import check_index
from crawler.verify.pointers import Pointers, table_path
from crawler.verify.promise import HashingReader, keep_promise
from crawler.verify.revisits import check_revisits
from crawler.verify.table import open_table
from crawler.verify.warc import check_warc

_AHEAD = 4  # jobs waiting for each process
_SMALL = 16_000_000  # bytes that are checked sooner than a process is up

Kind = Literal["warc", "index", "articles", "plain"]


@dataclass(frozen=True, slots=True)
class Job:
    """One file to check."""

    key: str
    kind: Kind
    size: int  # bytes, as listed
    promised: ManifestFile | None
    merged: Rows | None = None  # of the tables that this one took the place of


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The archive and the folder of the tables, for a process."""

    address: str
    credentials: S3Credentials | None
    tables: Path
    reread: bool = False
    sites: Mapping[str, Site] = field(default_factory=dict)


def kind_of(key: str, *, shallow: bool) -> Kind:
    if shallow:
        return "plain"
    if key.startswith("warc/") and key.endswith(".warc.gz"):
        return "warc"
    if key.startswith("cdxj/") and key.endswith(".cdxj"):
        return "index"
    return "articles" if key.startswith(("articles/", "articles-")) and key.endswith(".parquet") else "plain"


def check_files(
    jobs: Iterable[Job],
    place: Place,
    *,
    processes: int,
    on_done: Callable[[Job], object],
    elsewhere: Iterable[str] = (),
) -> Iterator[Findings]:
    """Yield the findings of each file; WARC files come first, because the others are compared with them.

    `elsewhere` are the keys of further indexes in which revisits may have their originals. Raises
    ArchiveError where a process dies.
    """
    jobs = sorted(jobs, key=lambda job: (job.kind != "warc", -job.size))
    warcs, others = [job for job in jobs if job.kind == "warc"], [job for job in jobs if job.kind != "warc"]
    storage = open_storage(place.address, credentials=place.credentials)
    with ExitStack() as stack:
        if processes == 1 or sum(job.size for job in jobs) < _SMALL:
            check = partial(_one_by_one, place=place, storage=storage, on_done=on_done)
        else:
            context = multiprocessing.get_context("spawn")
            pool = stack.enter_context(
                ProcessPoolExecutor(processes, mp_context=context, initializer=_ignore_interrupt)
            )
            check = partial(_in_pool, pool=pool, place=place, processes=processes, on_done=on_done)
        yield from check(warcs)
        yield from check_revisits([job.key for job in warcs], place.tables, storage, elsewhere)
        yield from check(others)


def _one_by_one(
    jobs: Iterable[Job], *, place: Place, storage: Storage, on_done: Callable[[Job], object]
) -> Iterator[Findings]:
    for job in jobs:
        yield check_file(job, place, storage)
        on_done(job)


def check_file(job: Job, place: Place, storage: Storage) -> Findings:
    """Check one file; a file that cannot be read is a fault."""
    findings = Findings(job.key)
    try:
        _check(job, place, storage, findings)
    except (ArchiveError, OSError) as error:
        findings.fault(Code.UNREADABLE, f"The file cannot be read: {error}")
    findings.counts["files"] += 1
    return findings


def _check(job: Job, place: Place, storage: Storage, findings: Findings) -> None:
    with storage.open(job.key) as stream:
        if job.kind == "warc":
            check_warc(stream, findings, job.promised, table_path(place.tables, job.key))
        elif job.kind == "index":
            _check_index(stream, job, place, findings)
        elif job.kind == "articles":
            _check_articles(stream, job, place, storage, findings)
        else:
            reader = HashingReader(stream)
            reader.drain()
            findings.counts["bytes"] += reader.size
            keep_promise(findings, job.promised, reader.size, reader.sha256)


def _check_index(stream: BinaryIO, job: Job, place: Place, findings: Findings) -> None:
    path = table_path(place.tables, warc_key(job.key))
    if not path.exists():
        check_index(stream, findings, job.promised, None)
        return
    with open_table(path) as table:
        check_index(stream, findings, job.promised, table)


def _check_articles(stream: BinaryIO, job: Job, place: Place, storage: Storage, findings: Findings) -> None:
    if job.merged is not None and rows_in(storage, Entry(job.key, job.size)) != job.merged:
        findings.fault(
            Code.SUCCESSION, "This table does not hold the rows of those whose place it took, and no others."
        )
    with Pointers(storage, place.tables) as pointers:
        if not place.reread:
            check_articles(stream, findings, job.promised, pointers)
            return
        from crawler.verify.reread import Rereader  # noqa: PLC0415 - loads the extraction

        reread = Rereader(place.sites)
        check_articles(stream, findings, job.promised, pointers, reread)
        findings.counts["reread"] += reread.reread
        findings.counts["read_by_other_rules"] += reread.passed_over


def _in_pool(
    jobs: Iterable[Job],
    *,
    pool: ProcessPoolExecutor,
    place: Place,
    processes: int,
    on_done: Callable[[Job], object],
) -> Iterator[Findings]:
    waiting: dict[Future[Findings], Job] = {}
    left = iter(jobs)
    try:
        while True:
            for job in islice(left, _AHEAD * processes - len(waiting)):
                waiting[pool.submit(_check_in_process, job, place)] = job
            if not waiting:
                return
            for done in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield done.result()
                on_done(waiting.pop(done))
    except BrokenProcessPool as error:
        raise ArchiveError(
            "A process that checked files was killed, most likely for want of memory; nothing was decided."
        ) from error
    finally:
        for each in waiting:
            each.cancel()


@cache
def _storage(address: str, credentials: S3Credentials | None) -> Storage:
    return open_storage(address, credentials=credentials)


def _check_in_process(job: Job, place: Place) -> Findings:
    return check_file(job, place, _storage(place.address, place.credentials))


def _ignore_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides when it is over
