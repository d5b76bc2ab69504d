"""What the wanted pages need besides: their requisites, and where they redirect to."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from crawler.archive.cdxj_index import IndexLine, read_index, warc_key
from crawler.archive.responses import ArchivedResponse, read_responses
from crawler.archive.surt import surt_key
from crawler.archive.wacz import requisites
from crawler.archive.wacz.selection import Selection
from crawler.extraction.decoding import decode
from crawler.storage import Storage
from crawler.urls import absolute

_ROUNDS = 5  # a redirect, its page, a style sheet, what that imports, and that one's pictures
_LISTS = frozenset({"text/html", "application/xhtml+xml", "text/xml", "application/xml", "text/plain"})
_PAGE, _STYLE = frozenset({"text/html", "application/xhtml+xml"}), "text/css"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = 200


@dataclass(slots=True)
class _Need:
    """When the pages were captured that need an address."""

    first: str
    last: str

    def widen(self, timestamp: str) -> None:
        self.first, self.last = min(self.first, timestamp), max(self.last, timestamp)


@dataclass(slots=True)
class _Round:
    """Addresses that are looked for, by key."""

    needs: dict[str, _Need] = field(default_factory=dict)

    def want(self, url: str, timestamp: str) -> None:
        try:
            key = surt_key(url)
        except ValueError:  # longer than any address in an index
            return
        self.needs.setdefault(key, _Need(timestamp, timestamp)).widen(timestamp)


def needed(storage: Storage, keys: Iterable[str], selection: Selection) -> Mapping[str, AbstractSet[int]]:
    """Further captures that the wanted ones need, in the given indexes: offsets by the key of the WARC file.

    Those that a reader would be shown for a page: captured between the first and the last page that needs
    them, and the nearest before and after. Raises ArchiveError.
    """
    keys = list(keys)
    found: dict[str, set[int]] = defaultdict(set)
    if not selection.is_narrow or not _worth_reading(storage, keys, selection):
        return found
    current, known = _Round(), set[str]()
    for key, line in _wanted(storage, keys, selection):
        _read(storage, key, line, current)
    for _ in range(_ROUNDS):
        fresh = {key: need for key, need in current.needs.items() if key not in known}
        known |= fresh.keys()
        current = _Round()
        for key, line in _look_up(storage, keys, fresh):
            if line.offset not in found[key] and not _is_wanted(selection, key, line):
                found[key].add(line.offset)
                _read(storage, key, line, current)
        if not current.needs:
            break
    return found


def _is_wanted(selection: Selection, key: str, line: IndexLine) -> bool:
    return selection.admits_file(key) and selection.admits(line)


def _worth_reading(storage: Storage, keys: list[str], selection: Selection) -> bool:
    """Reading every wanted page takes time; an archive without pictures and the like has nothing to find."""
    if selection.addresses is not None:
        return True
    return any(
        line.mime.lower() not in _LISTS and not _is_wanted(selection, key, line)
        for key in keys
        for line in read_index(storage, key)
    )


def _wanted(storage: Storage, keys: list[str], selection: Selection) -> Iterator[tuple[str, IndexLine]]:
    for key in keys:
        if selection.admits_file(key):
            for line in read_index(storage, key):
                if selection.admits(line):
                    yield warc_key(key), line


def _look_up(
    storage: Storage, keys: list[str], needs: Mapping[str, _Need]
) -> Iterator[tuple[str, IndexLine]]:
    captures: dict[str, list[tuple[str, str, IndexLine]]] = defaultdict(list)
    for key in keys if needs else ():
        for line in read_index(storage, key):
            if line.key in needs:
                captures[line.key].append((line.timestamp, warc_key(key), line))
    for name, of_one in captures.items():
        of_one.sort(key=lambda capture: capture[:2])
        times = [timestamp for timestamp, _, _ in of_one]
        start = max(bisect_left(times, needs[name].first) - 1, 0)
        end = bisect_left(times, needs[name].last) + 1
        yield from ((key, line) for _, key, line in of_one[start:end])


def _read(storage: Storage, key: str, line: IndexLine, into: _Round) -> None:
    """What one capture needs: a page its requisites, a style sheet its pictures, a redirect its target."""
    kind = line.mime.lower()
    redirects = line.status in _REDIRECTS
    if not redirects and (line.status != _OK or (kind not in _PAGE and kind != _STYLE)):
        return
    with storage.open(key, line.offset, line.length) as stream:
        for response in read_responses(stream, name=f"{key}, from byte {line.offset}"):
            for url in _references(response, kind, redirects=redirects):
                into.want(url, line.timestamp)


def _references(response: ArchivedResponse, kind: str, *, redirects: bool) -> list[str]:
    if redirects:
        target = absolute(response.uri, response.http_header("location") or "")
        return [target] if target else []
    text = decode(response.payload, response.http_header("content-type")).text
    read = requisites.of_style if kind == _STYLE else requisites.of_page
    return read(text, response.uri)
