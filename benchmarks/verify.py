"""python -m benchmarks.verify [MEGABYTES]: how fast `scrapy verify` reads an archive through, in MB a second.

Builds the archive first, with the parts that a crawl uses: pages of 12 to 60 KB, as served with gzip. MB are
those of the archive's files, packed as they lie. The limit beside it is bare zlib and SHA-256 over the same
files (file, blocks), without looking at anything, in one process. Goal: 100 MB/s on two cores.
"""

import argparse
import asyncio
import gzip
import hashlib
import random
import resource
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from crawler.archive.exchange import Exchange
from crawler.archive.manifest import ManifestFile, RunFacts, build_manifest, previous_manifests
from crawler.archive.recorder import Recorder
from crawler.archive.signing import seal_run
from crawler.archive.warc_file import ClosedWarc
from crawler.lanes import cores
from crawler.storage import Storage, open_storage
from crawler.storage.outbox import Outbox
from crawler.verify import Options, Report, verify

SITE = "bench_example"
FILES = 4
WORDS = [f"كلمة{number}" for number in range(5_000)]


def page(dice: random.Random) -> bytes:
    text = " ".join(dice.choices(WORDS, k=dice.randint(2_500, 12_000)))
    return f"<html dir=rtl><body><p>{text}</p></body></html>".encode()


def exchange(number: int, body: bytes, *, chunked: bool) -> Exchange:
    framing = b"Content-Length: %d" % len(body)
    if chunked:
        parts = [body[at : at + 4_096] for at in range(0, len(body), 4_096)]
        framing = b"Transfer-Encoding: chunked"
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n" + framing + b"\r\n\r\n"
    return Exchange(
        uri=f"https://bench.example/{number}",
        request=f"GET /{number} HTTP/1.1\r\nHost: bench.example\r\n\r\n".encode(),
        response=head + body,
        started=datetime(2026, 11, 21, tzinfo=UTC) + timedelta(seconds=number),
        duration=timedelta(milliseconds=40),
    )


async def record(spool: Path, run_id: str, size: int) -> list[ClosedWarc]:
    closed: list[ClosedWarc] = []
    limit = size // FILES
    recorder = Recorder(spool, site=SITE, run_id=run_id, info={}, on_closed=closed.append, max_bytes=limit)
    dice = random.Random(7)  # noqa: S311 - the same archive each time
    bodies = [gzip.compress(page(dice)) for _ in range(200)]
    number = 0
    while len(closed) < FILES:
        await recorder.record(exchange(number, bodies[number % len(bodies)], chunked=number % 2 == 1))
        number += 1
    await recorder.close()
    return closed


def build(folder: Path, size: int) -> Storage:
    run_id, began = f"20261121220000-{SITE}-0000aa", datetime.now(UTC)
    spool, storage = folder / "spool", open_storage(str(folder / "archive"))
    closed = {each.key: each for each in asyncio.run(record(spool, run_id, size))}
    outbox = Outbox(spool, storage)
    files = [ManifestFile.of(file, warc=closed.get(file.key)) for file in outbox.deliver_all().delivered]
    facts = RunFacts(
        run_id=run_id,
        site=SITE,
        began=began,
        ended=datetime.now(UTC),
        operator=None,
        host="bench",
        software={},
        distributions_sha256="0" * 64,
        settings_sha256="0" * 64,
    )
    seal_run(spool, build_manifest(facts, files, previous_manifests(storage, SITE, run_id)))
    outbox.deliver_all()
    return storage


def measured(address: str, *, shallow: bool, processes: int) -> tuple[Report, float, float]:
    """With the seconds it took, and the CPU seconds of all processes: what a busy machine does not change."""
    started, cpu = time.perf_counter(), cpu_seconds()
    report = verify(address, Options(shallow=shallow, processes=processes))
    return report, time.perf_counter() - started, cpu_seconds() - cpu


def cpu_seconds() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def bare(storage: Storage) -> float:
    """MB a CPU second of inflating each WARC file and hashing it packed and unpacked."""
    size, started = 0, cpu_seconds()
    for entry in storage.list("warc/"):
        with storage.open(entry.key) as stream:
            rest, packed, plain = b"", hashlib.sha256(), hashlib.sha256()
            while piece := stream.read(1 << 20):
                packed.update(piece)
                size, rest = size + len(piece), rest + piece
                while rest:
                    inflater = zlib.decompressobj(wbits=31)
                    data = inflater.decompress(rest)
                    if not inflater.eof:
                        break
                    plain.update(data)
                    rest = inflater.unused_data
    return size / (cpu_seconds() - started) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("megabytes", nargs="?", type=int, default=300, help="of WARC files (300)")
    size = parser.parse_args().megabytes * 1_000_000
    with TemporaryDirectory(prefix="warraq-bench-") as folder:
        storage = build(Path(folder), size)
        for name, shallow, processes in (
            ("deep", False, cores()),
            ("deep, one process", False, 1),
            ("shallow", True, cores()),
        ):
            report, seconds, cpu = measured(storage.address, shallow=shallow, processes=processes)
            assert report.ok, report.faults[:3]  # noqa: S101 - a fast wrong answer is worth nothing
            checked = report.checked
            print(
                f"{name:18} {checked['bytes'] / seconds / 1e6:6.1f} MB/s  {checked['bytes'] / 1e6:.0f} MB, "
                f"{checked['records']:,} records in {seconds:.1f} s, {processes} processes; "
                f"{checked['bytes'] / cpu / 1e6:.0f} MB a CPU second"
            )
        print(f"limit: {bare(storage):.0f} MB a CPU second of bare zlib and SHA-256 over the same files")
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"peak memory of one process: {most / 1024:.0f} MB")


if __name__ == "__main__":
    main()
