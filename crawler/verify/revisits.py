"""Checks that the originals of revisits exist: in the same file, another one, or another run's.

Uses the tables that the check of the WARC files left on disk; one batch of revisits is in memory.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from crawler.archive.cdxj_index import IndexLine, read_index
from crawler.archive.names import warc_key
from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.verify.faults import Code, Findings
from crawler.verify.pointers import table_path
from crawler.verify.record import RecordFault, check_record
from crawler.verify.table import Place, identity_of, open_table, original_hash
from crawler.verify.walk import BrokenMemberError, MemberWalk

_BATCH = 200_000  # revisits, some 40 MB
_Revisit = tuple[str, Place]  # with the key of its WARC file


def check_revisits(
    warcs: Sequence[str],
    tables: Path,
    storage: Storage,
    elsewhere: Iterable[str] = (),
) -> Iterator[Findings]:
    """Find the revisits of WARC files whose original is missing; return Findings for each file.

    `elsewhere` are the keys of further indexes in which originals are looked for; their records are read one
    by one. Raises ArchiveError where such an index cannot be read.
    """
    found: dict[str, Findings] = {}
    revisits, elsewhere = _revisits(warcs, tables), list(elsewhere)
    while some := list(islice(revisits, _BATCH)):
        missing = _missing(some, warcs, tables, storage, elsewhere)
        for key, place in some:
            if place.identity in missing:
                fault = found.setdefault(key, Findings(key))
                fault.fault(Code.ORIGINAL, _LOST if place.names_an_original else _UNNAMED, place.offset)
    yield from found.values()


_LOST = (
    "The revisit refers to a response that is not in the archive, or is damaged, or is another by id, "
    "address, moment or payload: the page that was seen here cannot be read."
)
_UNNAMED = "The revisit does not say which response it refers to: the page that was seen here cannot be read."


def _revisits(warcs: Iterable[str], tables: Path) -> Iterator[_Revisit]:
    return ((key, place) for key, place in _places(warcs, tables) if place.is_revisit)


def _places(warcs: Iterable[str], tables: Path) -> Iterator[_Revisit]:
    for key in warcs:
        path = table_path(tables, key)
        if path.exists():  # else the file could not be read, which is a fault already
            with open_table(path) as table:
                for place in table:
                    yield key, place


def _missing(
    some: Sequence[_Revisit], warcs: Sequence[str], tables: Path, storage: Storage, elsewhere: Sequence[str]
) -> set[bytes]:
    """Return the identities of originals that exist nowhere."""
    missing = {place.identity for _, place in some}
    for _, place in _places(warcs, tables):
        if place.is_response:
            missing.discard(place.identity)
    if missing and elsewhere:
        wanted = {place.pointer_hash for _, place in some if place.identity in missing}
        for key in elsewhere:
            for line in read_index(storage, key):
                if not line.is_revisit and original_hash(line.url, line.timestamp, line.digest) in wanted:
                    missing.discard(_identity(storage, warc_key(key), line))
    return missing


def _identity(storage: Storage, key: str, line: IndexLine) -> bytes:
    """Return the identity of the response at an index line; None where no whole response is there."""
    try:
        with storage.open(key, line.offset, line.length) as stream:
            member = MemberWalk(stream).next_member()
            record = check_record(member.pieces()) if member else None
    except (
        ArchiveError,
        OSError,
        RecordFault,
        BrokenMemberError,
    ):  # a fault already
        return b""
    return (identity_of(record) if record and record.kind == "response" else None) or b""
