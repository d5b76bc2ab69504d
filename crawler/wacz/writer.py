"""Writes a WACZ of an archive: WARC records, their index, the list of pages, and digests."""

from array import array
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import chain
from typing import BinaryIO

from crawler.archive.cdxj_index import IndexLine, indexes, read_index, sizes_of
from crawler.archive.names import warc_key
from crawler.archive.sorted_lines import SortedLines
from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.tables.reader import newest_first, read_table
from crawler.wacz.bundle import Bundle, write_index
from crawler.wacz.closure import needed
from crawler.wacz.copying import copy_all, copy_stretch, copy_warcinfo, events, stretches
from crawler.wacz.pages import COLUMNS, Copied, NamedPage, as_json, page_lines
from crawler.wacz.selection import Selection

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_OK = 200


@dataclass(kw_only=True, slots=True)
class Written:
    """The contents of a WACZ."""

    warcs: int = 0  # WARC files, whole or in part
    captures: int = 0  # responses
    pages: int = 0  # lines of the list of pages
    absent: list[str] = field(default_factory=list)  # wanted addresses that the archive does not hold


def write_wacz(sink: BinaryIO, storage: Storage, selection: Selection, *, software: str) -> Written:
    """Write the selected captures, front to back, into a sink that need not seek.

    In memory are at most the offsets of what is copied, 16 MB of index lines, and a batch of articles. Raises
    ArchiveError where nothing is selected or the archive is broken, and OSError of the sink.
    """
    keys = indexes(storage, selection.scope)
    more = needed(storage, keys, selection)
    with Bundle(sink) as bundle, SortedLines() as lines:
        copying = _Copying(storage, sizes_of(storage, keys, selection.scope), selection, bundle, lines, more)
        for key in keys:
            copying.copy(key)
        if not copying.written.captures:
            what = f" {selection}" if str(selection) else ""
            raise ArchiveError(f"The archive {storage.address} holds no capture{what}; nothing was written.")
        write_index(bundle, lines)
        bundle.finish(_about(selection, software, _write_pages(copying)))
    return copying.finished()


@dataclass(slots=True)
class _Copying:
    """Copies the WARC files, one after the other."""

    storage: Storage
    sizes: Mapping[str, int]  # bytes, by WARC file
    selection: Selection
    bundle: Bundle
    lines: SortedLines
    more: Mapping[str, AbstractSet[int]]  # captures beyond the selection: offsets by WARC file
    written: Written = field(default_factory=Written)
    copied: Copied = field(default_factory=lambda: Copied({}))
    named: dict[str, NamedPage] = field(default_factory=dict)
    _found: set[int] = field(default_factory=set)  # numbers of wanted addresses
    _first: tuple[int, NamedPage] | None = None  # the capture of the first wanted address
    _names: set[str] = field(default_factory=set)

    def copy(self, index: str) -> None:
        """Copy the selected captures of one WARC file: the whole file, or its records under another name."""
        warc = warc_key(index)
        wants = self._chooser(index, warc)
        if wants is None:
            return
        offsets, chosen = array("Q"), array("Q")
        for line in read_index(self.storage, index):
            offsets.append(line.offset)
            if wants(line):
                chosen.append(line.offset)
                self._note(line, warc)
        if not chosen:
            return
        whole = len(chosen) == len(offsets) and not self.selection.copies_events(warc)
        self.copied.captures[warc] = None if whole else array("Q", sorted(chosen))
        self.written.warcs += 1
        self.written.captures += len(chosen)
        if whole:
            self._copy_whole(index, warc)
        else:
            captures = sorted(filter(wants, read_index(self.storage, index)), key=lambda line: line.offset)
            self._copy_part(warc, sorted(set(offsets)), captures)

    def main_page(self) -> NamedPage | None:
        """Return the page of the first selected address, or a front page."""
        if self._first is not None:
            return self._first[1]
        return None if self.selection.addresses else next(iter(self.named.values()), None)

    def finished(self) -> Written:
        if self.selection.addresses is not None:
            urls = enumerate(self.selection.addresses.urls)
            self.written.absent = [url for number, url in urls if number not in self._found]
        return self.written

    def _chooser(self, index: str, warc: str) -> Callable[[IndexLine], bool] | None:
        more = self.more.get(warc, frozenset())
        if not self.selection.admits_file(index):
            return (lambda line: line.offset in more) if more else None
        return lambda line: line.offset in more or self.selection.admits(line)

    def _note(self, line: IndexLine, warc: str) -> None:
        """Remember what the list of pages and its main page need."""
        addresses = self.selection.addresses
        number = addresses.find(line) if addresses else None
        if number is not None:
            self._found.add(number)
        front = addresses is None and line.key.endswith(")/")
        if line.status != _OK or line.mime.lower() not in _PAGES or (number is None and not front):
            return
        page = NamedPage(url=line.url, timestamp=line.timestamp, warc=warc, offset=line.offset)
        name = line.key if front else f"{line.key} {line.timestamp}"
        if name not in self.named or self.named[name].timestamp < page.timestamp:
            self.named[name] = page
        if number is not None and (self._first is None or number < self._first[0]):
            self._first = number, page

    def _copy_whole(self, index: str, warc: str) -> None:
        name = self._new_name(warc.rpartition("/")[2])
        with self.bundle.member(f"archive/{name}", most=self.sizes.get(warc)) as member:
            copy_all(self.storage, warc, member)
        for line in read_index(self.storage, index):
            if line.offset + line.length > member.size:
                raise ArchiveError(f"{warc} in {self.storage.address} is shorter than its index says.")
            self.lines.add(f"{line.text()}\n".encode("ascii"))

    def _copy_part(self, warc: str, offsets: list[int], captures: list[IndexLine]) -> None:
        name = self._new_name(warc.rpartition("/")[2].removesuffix(".warc.gz") + "-extract.warc.gz")
        with self.bundle.member(f"archive/{name}", most=self.sizes.get(warc)) as member:
            place = copy_warcinfo(self.storage, warc, member)
            by_event = self.selection.copies_events(warc)
            for stretch in events(offsets, captures) if by_event else stretches(offsets, captures):
                start = stretch.captures[0].offset
                for line in stretch.captures:
                    moved = line.moved(offset=place + line.offset - start, filename=name)
                    self.lines.add(f"{moved.text()}\n".encode("ascii"))
                place += copy_stretch(self.storage, warc, stretch, member)

    def _new_name(self, name: str) -> str:
        if name in self._names:
            raise ArchiveError(f"The archive {self.storage.address} holds two WARC files named {name}.")
        self._names.add(name)
        return name


def _write_pages(copying: _Copying) -> Mapping[str, str] | None:
    """Write the list; return the line of the page to open first: the main one, or else the first."""
    entries = newest_first(copying.storage, copying.selection.scope)  # so what was read again comes first
    rows = chain.from_iterable(read_table(copying.storage, entry, COLUMNS) for entry in entries)
    main = copying.main_page()
    begin: Mapping[str, str] | None = None
    with copying.bundle.member("pages/pages.jsonl", pack=True) as member:
        for line in page_lines(rows, copying.named.values(), copying.copied):
            member.write(as_json(line))
            if "url" not in line:
                continue
            copying.written.pages += 1
            is_main = main is not None and main.is_listed_as(line)
            if begin is None or is_main:
                begin = line
    return begin


def _about(selection: Selection, software: str, begin: Mapping[str, str] | None) -> dict[str, str]:
    about = {"title": f"Captures {selection}" if str(selection) else "Captures of the whole archive"}
    about |= {"software": software}
    if begin is not None:
        about |= {"mainPageUrl": begin["url"], "mainPageDate": begin["ts"]}
    return about
