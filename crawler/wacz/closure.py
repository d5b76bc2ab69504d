"""Finds what the selected pages need: requisites, targets of redirects, originals of revisits."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from crawler.arabic.decoding import decode
from crawler.archive.cdxj_index import IndexLine, read_index
from crawler.archive.names import warc_key
from crawler.archive.records import WarcReader, warc_moment
from crawler.archive.responses import ArchivedResponse, read_responses
from crawler.archive.surt import surt_key
from crawler.discovery.parts import part_behind
from crawler.discovery.source import Answer
from crawler.extraction import requisites
from crawler.storage import Storage
from crawler.urls import absolute
from crawler.wacz.selection import Selection

# A redirect, its page, a style sheet, what that imports, and that one's pictures; each may be a revisit.
_ROUNDS = 10
_LISTS = frozenset({"text/html", "application/xhtml+xml", "text/xml", "application/xml", "text/plain"})
_PAGE, _STYLE = frozenset({"text/html", "application/xhtml+xml"}), "text/css"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = 200
_Moment = tuple[str, str, str | None]  # key, time stamp and payload digest of a capture


@dataclass(slots=True)
class _Need:
    """The first and last capture times of the pages that need an address."""

    first: str
    last: str

    def widen(self, other: "_Need") -> None:
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)


@dataclass(slots=True)
class _Round:
    """Addresses to find, by key, and originals to find, by key, moment and digest."""

    needs: dict[str, _Need] = field(default_factory=dict)
    originals: dict[_Moment, _Need] = field(default_factory=dict)

    def want(self, url: str, need: _Need) -> None:
        try:
            key = surt_key(url)
        except ValueError:  # longer than any address in an index
            return
        self.needs.setdefault(key, _Need(need.first, need.last)).widen(need)

    def beyond(self, known: "_Round") -> "_Round":
        """Return what is not in `known` yet, and add it there."""
        fresh = _Round(
            {key: need for key, need in self.needs.items() if key not in known.needs},
            {moment: need for moment, need in self.originals.items() if moment not in known.originals},
        )
        known.needs |= fresh.needs
        known.originals |= fresh.originals
        return fresh

    def want_original(self, line: IndexLine, url: str, date: datetime | None) -> None:
        """Want the original of a revisit: the record of that address and moment with the same payload."""
        moment = (surt_key(url), f"{date:%Y%m%d%H%M%S}" if date else line.timestamp, line.digest)
        need = _Need(line.timestamp, line.timestamp)
        self.originals.setdefault(moment, need).widen(need)


def needed(storage: Storage, keys: Iterable[str], selection: Selection) -> Mapping[str, AbstractSet[int]]:
    """Find further captures that the selected ones need: offsets by the key of the WARC file.

    These are the originals of revisits, and for each address that a page needs the captures between the first
    and the last of these pages, and the nearest before and after. Raises ArchiveError.
    """
    keys = list(keys)
    found: dict[str, set[int]] = defaultdict(set)
    if not selection.is_narrow:
        return found
    worth, current = _worth_reading(storage, keys, selection), _Round()
    for key, line in _wanted(storage, keys, selection):
        if worth or line.is_revisit:
            _read(storage, key, line, _at(line), current)
    known = _Round()
    for _ in range(_ROUNDS):
        fresh, current = current.beyond(known), _Round()
        for key, line, need in _look_up(storage, keys, fresh, selection):
            is_new = line.offset not in found[key] and not _is_wanted(selection, key, line)
            if is_new:
                found[key].add(line.offset)
            if worth and (is_new or need):  # an original is shown at the time of its revisit too
                _read(storage, key, line, need or _at(line), current)
        if not (current.needs or current.originals):
            break
    return found


def _at(line: IndexLine) -> _Need:
    return _Need(line.timestamp, line.timestamp)


def _is_wanted(selection: Selection, key: str, line: IndexLine) -> bool:
    return selection.admits_file(key) and selection.admits(line)


def _worth_reading(storage: Storage, keys: list[str], selection: Selection) -> bool:
    """Tell whether to read the pages: it takes time, and an archive without images has nothing to find."""
    if selection.addresses is not None:
        return True
    return any(
        line.mime.lower() not in _LISTS and line.status and not _is_wanted(selection, key, line)
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
    storage: Storage, keys: list[str], wanted: _Round, selection: Selection
) -> Iterator[tuple[str, IndexLine, _Need | None]]:
    """Yield the wanted captures that exist; an original with the times of its revisits and its own."""
    captures: dict[str, list[tuple[str, str, IndexLine]]] = defaultdict(list)
    for key in keys if wanted.needs or wanted.originals else ():
        for line in read_index(storage, key):
            if selection.hides(line):
                continue
            if line.key in wanted.needs:
                captures[line.key].append((line.timestamp, warc_key(key), line))
            need = wanted.originals.get((line.key, line.timestamp, line.digest))
            if need is not None and not line.is_revisit:
                need.widen(_at(line))
                yield warc_key(key), line, need
    for name, of_one in captures.items():
        of_one.sort(key=lambda capture: capture[:2])
        times = [timestamp for timestamp, _, _ in of_one]
        start = max(bisect_left(times, wanted.needs[name].first) - 1, 0)
        end = bisect_left(times, wanted.needs[name].last) + 1
        yield from ((key, line, None) for _, key, line in of_one[start:end])


def _read(storage: Storage, key: str, line: IndexLine, need: _Need, into: _Round) -> None:
    """Note what one capture needs: requisites of a page or style sheet, the target of a redirect."""
    kind = line.mime.lower()
    redirects = line.status in _REDIRECTS
    if not (redirects or line.is_revisit) and (line.status != _OK or (kind not in _PAGE and kind != _STYLE)):
        return
    name = f"{key}, from byte {line.offset}"
    with storage.open(key, line.offset, line.length) as stream:
        if line.is_revisit:
            _read_revisit(WarcReader(stream, name=name), line, into)
            return
        for response in read_responses(stream, name=name):
            for url in _references(response, kind, redirects=redirects):
                into.want(url, need)


def _read_revisit(reader: WarcReader, line: IndexLine, into: _Round) -> None:
    for record in reader:
        headers = record.headers
        url = headers.get("warc-refers-to-target-uri", line.url)
        try:
            into.want_original(line, url, warc_moment(headers.get("warc-refers-to-date", "")))
        except ValueError:  # no address that an index could hold; scrapy verify names the revisit
            return


def _references(response: ArchivedResponse, kind: str, *, redirects: bool) -> list[str]:
    if redirects:
        target = absolute(response.uri, response.http_header("location") or "")
        return [target] if target else []
    text = decode(response.payload, response.http_header("content-type")).text
    if kind == _STYLE:
        return requisites.of_style(text, response.uri)
    headers = {"content-type": response.http_header("content-type") or ""}
    answer = Answer(url=response.uri, status=_OK, body=response.payload, headers=headers)
    part = part_behind(answer)
    return [*requisites.of_page(text, response.uri), *([part] if part else [])]
