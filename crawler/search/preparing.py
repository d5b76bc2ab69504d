"""Analyses and packs articles; many of them in processes of their own, on every core."""

import multiprocessing
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, NamedTuple

from crawler.lanes import cores, leave_signals_to_parent
from crawler.search.analysis import Analysed, Analyser
from crawler.search.texts import Packer, trained

_INLINE = 1_000  # articles that are prepared in this process, before others are started
_TOGETHER = 48  # articles that go to a process at once
_AHEAD = 3  # such batches for each process
_MOST_PROCESSES = 4

Columns = Mapping[str, Any]  # title, subtitle and text of an article


class Prepared(NamedTuple):
    """What the engine and the catalogue get of an article's words."""

    terms: Analysed
    text: bytes  # packed


class Preparer:
    """Prepares articles, in their order. One update of the index has one."""

    def __init__(self, dictionary: bytes | None) -> None:
        """`dictionary` is that of the index; None: one is trained on the first articles."""
        self._dictionary = dictionary
        self._analyser, self._packer = Analyser(), Packer(dictionary)
        self._samples: list[str] = []
        self._count = 0
        self._pool: ProcessPoolExecutor | None = None
        self._batch: list[tuple[Any, Columns]] = []
        self._sent: deque[tuple[list[Any], list[Columns], Future[_Done]]] = deque()
        self._words: list[tuple[str, str, str]] = []
        self.new_dictionary: tuple[int, bytes] | None = None  # its number and content, once it is trained

    def put(self, mark: Any, columns: Columns) -> Iterator[tuple[Any, Prepared]]:
        """Take in an article; yield those that are ready, with the marks that they came with."""
        self._count += 1
        if self._pool is None and self._count <= _INLINE:
            if self._dictionary is None:
                self._samples.append(columns["text"])
            yield mark, self._prepared(columns)
            return
        self._start()
        self._batch.append((mark, columns))
        if len(self._batch) >= _TOGETHER:
            self._send()
        while len(self._sent) > _AHEAD * _processes():
            yield from self._received()

    def finish(self) -> Iterator[tuple[Any, Prepared]]:
        """Yield all articles that are not ready yet."""
        if self._batch:
            self._send()
        while self._sent:
            yield from self._received()

    def words(self) -> list[tuple[str, str, str]]:
        """Return form, term and spelling of the words met since the last call; some come again."""
        found, self._words = self._words + self._analyser.taken(), []
        return found

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _prepared(self, columns: Columns) -> Prepared:
        return Prepared(self._analyser.analyse(columns), self._packer.packed(columns["text"]))

    def _start(self) -> None:
        if self._pool is not None:
            return
        if self._dictionary is None and (made := trained(self._samples)) is not None:
            self.new_dictionary = made
            self._dictionary = made[1]
            self._packer = Packer(self._dictionary)
        self._samples.clear()
        self._pool = ProcessPoolExecutor(
            _processes(),
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(self._dictionary,),
        )

    def _send(self) -> None:
        marks, columns = [mark for mark, _ in self._batch], [each for _, each in self._batch]
        self._batch.clear()
        try:
            future = self._pool.submit(_prepare, columns) if self._pool else None
        except BrokenProcessPool:
            future = None
        self._sent.append((marks, columns, future or _broken()))

    def _received(self) -> Iterator[tuple[Any, Prepared]]:
        marks, columns, future = self._sent.popleft()
        try:
            prepared, words = future.result()
        except BrokenProcessPool:  # a process was killed; this one does its work
            prepared, words = [self._prepared(each) for each in columns], []
        self._words += words
        yield from zip(marks, prepared, strict=True)


_Done = tuple[list[Prepared], list[tuple[str, str, str]]]


def _processes() -> int:
    return min(_MOST_PROCESSES, cores())


def _broken() -> "Future[_Done]":
    future: Future[_Done] = Future()
    future.set_exception(BrokenProcessPool())
    return future


class _Worker:
    """What a process of the pool keeps between calls."""

    analyser: Analyser
    packer: Packer


def _begin(dictionary: bytes | None) -> None:
    leave_signals_to_parent()
    _Worker.analyser, _Worker.packer = Analyser(), Packer(dictionary)


def _prepare(columns: Sequence[Columns]) -> "_Done":
    worker = _Worker
    prepared = [
        Prepared(worker.analyser.analyse(each), worker.packer.packed(each["text"])) for each in columns
    ]
    return prepared, worker.analyser.taken()
