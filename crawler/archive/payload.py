"""The payload of an HTTP response as WARC 1.1 defines it: the entity body, chunk framing undone."""

import hashlib
from dataclasses import dataclass

from crawler.archive.chunked import ChunkError
from crawler.archive.message import payload_pieces


@dataclass(frozen=True, slots=True)
class Payload:
    """What is known of a payload without keeping it."""

    digest: str  # sha256:<lower-case hex>
    size: int  # bytes


def payload_of(block: bytes, *, method: str) -> Payload | None:
    """SHA-256 over the entity body of a response, chunk framing undone and content coding kept.

    None where there is no such body, or where its framing is broken so that nobody can tell what it is.
    """
    pieces = payload_pieces(block, method=method)
    if pieces is None:
        return None
    digest, size = hashlib.sha256(), 0
    try:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
    except ChunkError:
        return None
    return Payload(f"sha256:{digest.hexdigest()}", size)
