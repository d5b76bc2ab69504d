"""python -m benchmarks.writing [EXCHANGES]: what the archive costs the crawling process, in CPU a page.

Pages of 150 KB through the real Recorder in an event loop: WARC records, digests, index, revisits looked for.
CPU time of the whole process, so the writer's thread counts, beside that of bare SHA-256, of bare
ISA-L, which the writer packs with, and of bare zlib over the same bytes. Goal: at most 2 ms a page.
"""

import argparse
import asyncio
import gzip
import hashlib
import random
import statistics
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from isal import isal_zlib

from crawler.archive.exchange import Exchange
from crawler.archive.originals import RecentOriginals
from crawler.archive.recorder import Recorder

GOAL = 2.0  # ms
SIZE = 150_000  # bytes of a page
ROUNDS = 5
DIFFERENT = 50  # pages; each exchange says its number in the page, so that none is a revisit
WORDS = [f"كلمة{number}" for number in range(5_000)]


def pages() -> list[bytes]:
    """Pages with about as much markup as text, as news sites serve them."""
    dice = random.Random(7)  # noqa: S311 - the same pages each time
    made = []
    for _ in range(DIFFERENT):
        parts = ["<!DOCTYPE html><html lang=ar dir=rtl><body>"]
        size = 0
        while size < SIZE:
            number, words = dice.randrange(10**6), " ".join(dice.choices(WORDS, k=dice.randint(3, 40)))
            parts.append(f'<div class="card c-{number % 40}"><a href="/story/{number}">{words}</a></div>\n')
            size += len(parts[-1].encode())
        made.append("".join(parts).encode()[:SIZE])
    return made


def exchange(number: int, page: bytes, *, packed: bool) -> Exchange:
    page += b"<!-- %d -->" % number
    coding, body = (b"Content-Encoding: gzip\r\n", gzip.compress(page, 6)) if packed else (b"", page)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n%sServer: nginx\r\n" % coding
    return Exchange(
        uri=f"https://bench.example/%D8%AE%D8%A8%D8%B1/{number}",
        request=f"GET /{number} HTTP/1.1\r\nHost: bench.example\r\nUser-Agent: Warraq\r\n\r\n".encode(),
        response=head + b"Content-Length: %d\r\n\r\n" % len(body) + body,
        started=datetime(2026, 11, 21, tzinfo=UTC) + timedelta(seconds=number),
        duration=timedelta(milliseconds=40),
        ip="192.0.2.1",
        tls_version="tls/1.3",
        tls_cipher="TLS_AES_256_GCM_SHA384",
        hop={"via": "https://bench.example/feed", "hops": "L"},
    )


async def record(folder: Path, exchanges: Sequence[Exchange]) -> float:
    """CPU seconds from the first exchange to the closed file."""
    recorder = Recorder(
        folder,
        site="bench_example",
        run_id="20261121220000-bench_example-0000aa",
        info={},
        on_closed=lambda _: None,
        originals=RecentOriginals(),
    )
    began = time.process_time()
    for at in range(0, len(exchanges), 16):  # as many side by side as a crawl has
        await asyncio.gather(*map(recorder.record, exchanges[at : at + 16]))
    await recorder.close()
    return time.process_time() - began


def bare(work: Callable[[bytes], object], exchanges: Sequence[Exchange]) -> float:
    began = time.process_time()
    for each in exchanges:
        work(each.response)
    return time.process_time() - began


def pack_zlib(data: bytes) -> bytes:
    packer = zlib.compressobj(6, wbits=31)
    return packer.compress(data) + packer.flush()


def pack_isal(data: bytes) -> bytes:
    packer = isal_zlib.compressobj(3, wbits=31)
    return packer.compress(data) + packer.flush()


def hashed_twice(data: bytes) -> bytes:
    """Block and payload, as the records have it."""
    return hashlib.sha256(data).digest() + hashlib.sha256(data).digest()


def measure(name: str, exchanges: Sequence[Exchange]) -> None:
    seconds: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        with TemporaryDirectory(prefix="warraq-bench-") as folder:
            seconds["all"].append(asyncio.run(record(Path(folder), exchanges)))
        for work in (pack_isal, pack_zlib, hashed_twice):
            seconds[work.__name__].append(bare(work, exchanges))
    took = {each: statistics.median(times) / len(exchanges) * 1e3 for each, times in seconds.items()}
    wire = sum(len(each.response) for each in exchanges) / len(exchanges)
    limit = took["pack_isal"] + took["hashed_twice"]
    print(f"{name:23} {took['all']:5.2f} ms CPU a page (goal {GOAL:.1f}), {wire / 1e3:.0f} KB on the wire")
    print(f"    bare ISA-L and two SHA-256    {limit:5.2f} ms, {limit / took['all']:.0%} of it")
    print(f"    bare zlib at its usual level  {took['pack_zlib']:5.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("exchanges", nargs="?", type=int, default=300, help="of each kind and round (300)")
    count, made = parser.parse_args().exchanges, pages()
    for name, packed in (("150 KB, not packed", False), ("150 KB, served as gzip", True)):
        measure(name, [exchange(each, made[each % len(made)], packed=packed) for each in range(count)])


if __name__ == "__main__":
    main()
