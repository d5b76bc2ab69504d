"""python -m benchmarks.ledger [ADDRESSES]: what a ledger of a million addresses costs.

Fills a ledger as lists do (a hundred at a time), opens it anew as a run does, then claims pages and settles
them in batches of two hundred, each with its record and its article, forced to the disk as in a crawl. Each
part runs in a process of its own, whose peak of memory is printed. Goals: 3,000 pages claimed and settled a
second, less than 350 MB.
"""

import argparse
import hashlib
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from crawler.archive.originals import Original
from crawler.discovery.source import Window
from crawler.items import Candidate, RecordPointer
from crawler.ledger.entries import Claim, Outcome, Recheck, StoredArticle
from crawler.ledger.ledger import Ledger, OpenLedger

BEGAN = datetime(2026, 6, 1, tzinfo=UTC)
AT_ONCE = 100  # candidates, as lists are drawn
BATCH = 200  # outcomes, as they are settled
AT_HAND = 64  # claims
SETTLED = 100_000  # pages that are claimed and settled
RECHECK = Recheck(ages=(timedelta(hours=1), timedelta(days=1)))


def candidate(number: int) -> Candidate:
    slug = hashlib.sha256(str(number).encode()).hexdigest()[:24]
    published = BEGAN - timedelta(minutes=number)
    return Candidate(
        url=f"https://paper.example/{published:%Y/%m/%d}/خبر-من-المدينة-{slug}/",
        via="sitemap",
        title=f"عنوان الخبر رقم {number} كما كتبته الصحيفة في خريطتها",
        published=published,
        modified=published,
    )


def begin(path: Path, name: str) -> tuple[Ledger, OpenLedger]:
    ledger = Ledger(path)
    return ledger, ledger.begin_run(name, datetime.now(UTC), window=Window(), recheck=RECHECK)


def outcome(claim: Claim) -> tuple[Outcome, Original]:
    digest = hashlib.sha256(claim.candidate.url.encode()).hexdigest()
    original = Original(
        digest=f"sha256:{digest}",
        uri=claim.candidate.url,
        date=BEGAN,
        pointer=RecordPointer(
            warc_file="warc/paper/2026/06/WARRAQ-paper-20260601000000-00000-abcdef.warc.gz",
            warc_offset=claim.key % 10**9,
            warc_length=40_000,
            warc_record_id="<urn:uuid:01234567-89ab-cdef-0123-456789abcdef>",
            payload_digest=f"sha256:{digest}",
        ),
    )
    article = StoredArticle(
        id=digest[:32],
        canonical_url=claim.candidate.url,
        text_sha256=digest,
        published=claim.candidate.dated,
    )
    done = Outcome(
        claim=claim,
        state="archived",
        fetched_at=BEGAN,
        payload_digest=original.digest,
        etag='"0123456789abcdef"',
        article=article,
    )
    return done, original


def fill(path: Path, addresses: int) -> None:
    ledger, run = begin(path, "fill")
    began = clocks()
    for start in range(0, addresses, AT_ONCE):
        run.take_in(map(candidate, range(start, min(start + AT_ONCE, addresses))), BEGAN)
    report("taken in", addresses, began)
    run.end(walked=False)
    ledger.close()
    print(f"the file: {path.stat().st_size / 1e6:,.0f} MB")


def again(path: Path, addresses: int) -> None:
    ledger, run = begin(path, "again")
    began = clocks()
    known = min(addresses, SETTLED)
    for start in range(0, known, AT_ONCE):
        run.take_in(map(candidate, range(start, min(start + AT_ONCE, known))), BEGAN)
    report("known ones taken in", known, began)
    ledger.close()


def start(path: Path, _: int) -> None:
    began = time.perf_counter()
    ledger, _run = begin(path, "start")
    print(f"{'opened, a run begun':<22}{time.perf_counter() - began:9.3f} s")
    ledger.close()


def settle(path: Path, addresses: int) -> None:
    ledger, run = begin(path, "settle")
    began, done = clocks(), 0
    waiting: list[tuple[Outcome, Original]] = []
    while done < min(addresses, SETTLED) and (claims := run.claim(AT_HAND)):
        waiting += map(outcome, claims)
        done += len(claims)
        if len(waiting) >= BATCH:
            run.settle([each for each, _ in waiting], [original for _, original in waiting])
            waiting = []
    run.settle([each for each, _ in waiting], [original for _, original in waiting])
    report("claimed and settled", done, began)
    run.end(walked=False)
    ledger.close()


def clocks() -> tuple[float, float]:
    """By the wall, and of this process alone: the two differ where a machine has other things to do."""
    return time.perf_counter(), time.process_time()


def report(what: str, count: int, began: tuple[float, float]) -> None:
    wall, own = (now - then for now, then in zip(clocks(), began, strict=True))
    print(f"{what:<22}{count / wall:9,.0f} a second, {count / own:,.0f} a second of processor")


PARTS = {"fill": fill, "start": start, "again": again, "settle": settle}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("addresses", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--part", choices=sorted(PARTS), help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        PARTS[asked.part](asked.path, asked.addresses)
        print(f"{'':<22}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:9,.0f} MB at most")
        return
    with TemporaryDirectory(prefix="warraq-bench-") as folder:
        for part in PARTS:
            command = [sys.executable, "-m", "benchmarks.ledger", str(asked.addresses)]
            subprocess.run([*command, "--part", part, "--path", f"{folder}/ledger.sqlite"], check=True)


if __name__ == "__main__":
    main()
