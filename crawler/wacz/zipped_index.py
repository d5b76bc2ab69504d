"""The index of a bundle: packed in blocks, with a table of the blocks, so that readers fetch what they need.

The form that ReplayWeb.page, pywb and the wacz tool all take (ZipNum, as cdxj-indexer writes it).
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import islice

from crawler.wacz.bundle import Bundle

_NAME = "index.cdx.gz"
_LINES = 1024  # of a block


def write_index(bundle: Bundle, lines: Iterable[bytes]) -> None:
    """Index lines, sorted, each with its end."""
    table = ["!meta 0 " + json.dumps({"format": "cdxj-gzip-1.0", "filename": _NAME})]
    with bundle.member(f"indexes/{_NAME}") as member:
        for block in _blocks(iter(lines)):
            packed = gzip.compress(b"".join(block), mtime=0)
            digest = f"sha256:{hashlib.sha256(packed).hexdigest()}"
            place = {"offset": member.size, "length": len(packed), "digest": digest}
            key = b" ".join(block[0].split(b" ", 2)[:2]).decode("ascii")
            table.append(f"{key} {json.dumps(place)}")
            member.write(packed)
    content = "".join(f"{line}\n" for line in table).encode("ascii")
    with bundle.member("indexes/index.idx", most=len(content), pack=True) as member:
        member.write(content)


def _blocks(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    while block := list(islice(lines, _LINES)):
        yield block
