"""python -m benchmarks.foreign [PAGES]: foreign WARC and ARC files through our reader and through warcio's.

Speed: CPU milliseconds a page, with the content coding undone, over the same file in one run. Faults: files
of five records, the third one damaged; how many whole and how many shortened pages each reader gives, how it
reports the damage, and its memory.
"""

import argparse
import contextlib
import gzip
import io
import random
import time
import tracemalloc
from collections.abc import Callable, Iterator

from warcio.archiveiterator import ArchiveIterator

from crawler.archive.members import WarcFormatError
from crawler.archive.responses import read_responses

WORDS = [f"كلمة{number}" for number in range(3_000)]


def ours(data: bytes) -> Iterator[tuple[str, bytes]]:
    damage: list[WarcFormatError] = []
    for response in read_responses(io.BytesIO(data), name="x", on_damage=damage.append):
        yield response.uri, response.payload
    if damage:
        raise damage[0]


def theirs(data: bytes) -> Iterator[tuple[str, bytes]]:
    for record in ArchiveIterator(io.BytesIO(data)):
        if record.rec_type == "response":
            uri = record.rec_headers.get_header("WARC-Target-URI") or record.rec_headers.get_header("uri")
            yield uri, record.content_stream().read()


READERS: dict[str, Callable[[bytes], Iterator[tuple[str, bytes]]]] = {"ours": ours, "warcio": theirs}


def record(number: int, body: bytes, *, fields: bytes = b"", length: int | None = None) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + fields + b"\r\n" + body
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/{number}\r\n"
    head += f"WARC-Date: 2026-01-01T00:00:00Z\r\nContent-Length: {length or len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def large(pages: int) -> bytes:
    dice = random.Random(1)  # noqa: S311 - the same pages each time
    members = []
    for number in range(pages):
        body = " ".join(dice.choices(WORDS, k=6_000)).encode()
        packed = number % 2
        fields = b"Content-Encoding: gzip\r\n" if packed else b""
        members.append(gzip.compress(record(number, gzip.compress(body) if packed else body, fields=fields)))
    return b"".join(members)


BODY = b"<p>page</p>" * 60
GOOD = [record(number, BODY) for number in range(5)]
ARC_SPEC = b"1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n"
ARC_BLOCK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + BODY


def with_third(third: bytes, *, pack: Callable[[bytes], bytes] = gzip.compress) -> bytes:
    return b"".join([*map(pack, GOOD[:2]), third, *map(pack, GOOD[3:])])


def faults() -> dict[str, bytes]:
    member = gzip.compress(GOOD[2])
    arc = b"http://a.example/%d 192.0.2.1 20200101000000 text/html %d\n%s\n"
    return {
        "whole": with_third(member),
        "one gzip stream around all": gzip.compress(b"".join(GOOD)),
        "a byte changed": with_third(member[:60] + bytes([member[60] ^ 0xFF]) + member[61:]),
        "checksum changed": with_third(member[:-6] + bytes(2) + member[-4:]),
        "member cut": with_third(member[: len(member) // 2]),
        "length too long": with_third(gzip.compress(record(2, BODY, length=5_000))),
        "length too short": with_third(gzip.compress(record(2, BODY, length=200))),
        "length too long, plain": with_third(record(2, BODY, length=1_000), pack=bytes),
        "length too short, plain": with_third(record(2, BODY, length=200), pack=bytes),
        "no chunks under a chunked header": with_third(
            gzip.compress(record(2, BODY, fields=b"Transfer-Encoding: chunked\r\n"))
        ),
        "ARC": b"filedesc://x 0.0.0.0 20200101000000 text/plain %d\n%s\n" % (len(ARC_SPEC), ARC_SPEC)
        + b"".join(arc % (number, len(ARC_BLOCK), ARC_BLOCK) for number in range(5)),
        "a line of 100 MB in 100 KB": gzip.compress(b"WARC/1.0\r\nX: " + b"a" * 100_000_000),
    }


def outcome(read: Callable[[bytes], Iterator[tuple[str, bytes]]], data: bytes) -> str:
    whole = short = 0
    said = io.StringIO()
    tracemalloc.start()
    try:
        with contextlib.redirect_stderr(said):
            for _, body in read(data):
                whole, short = whole + (body == BODY), short + (body != BODY)
        ended = "a line on stderr" if said.getvalue() else "nothing"
    except Exception as error:  # noqa: BLE001 - which one it is, is the result
        ended = type(error).__name__
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return f"{whole} whole, {short} short; {ended}; {peak:.0f} MB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "pages", nargs="?", type=int, default=500, help="in the file whose reading is timed (500)"
    )
    data = large(pages := parser.parse_args().pages)
    for name, read in READERS.items():
        times = []
        for _ in range(3):
            start = time.process_time()
            assert sum(1 for _ in read(data)) == pages  # noqa: S101
            times.append(time.process_time() - start)
        print(f"{name:7} {min(times) / pages * 1e3:.2f} ms CPU a page")
    for name, data in faults().items():
        for reader, read in READERS.items():
            print(f"{name:33} {reader:7} {outcome(read, data)}")


if __name__ == "__main__":
    main()
