"""Lanes: processes for CPU-bound calls, each of which can be killed without harm to the others.

A lane is a pool of one process. In one pool of many processes, a page that hangs would make the calls queued
behind it time out. Here the time of a call counts from the moment at which its lane is free, and a timeout
kills only that lane.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, ParamSpec, TypeVar

from crawler.errors import Reason
from crawler.items import Rejection

_P = ParamSpec("_P")
_T = TypeVar("_T")

START_SECONDS = 30  # that the first call of a process may take longer, to import libraries
MAX_TASKS = 2_000  # of one process; then a new one takes its place, because native libraries leak memory


class LaneTimeoutError(Exception):
    """The call took too long, and its lane was killed."""


class LaneDiedError(Exception):
    """The process of the lane ended in the middle of the call (killed, out of memory, crashed)."""


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Lanes:
    """A fixed number of lanes. A call waits for a free lane, so callers cannot queue work without bound."""

    def __init__(self, count: int, *, seconds: float, prepare: Callable[[], None] | None = None) -> None:
        """Make the lanes; no process starts yet.

        `seconds` bounds one call; `prepare` runs once in each new process (imports, caches).
        """
        if count < 1 or seconds <= 0:
            raise ValueError(f"Lanes need a positive count and time, not {count} and {seconds}.")
        self._seconds = seconds
        self._lanes = [_Lane(prepare) for _ in range(count)]
        self._free: asyncio.LifoQueue[_Lane] = asyncio.LifoQueue()
        for lane in self._lanes:
            self._free.put_nowait(lane)

    async def run(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Call a function in a lane and return its result. Function and values are pickled.

        Raises LaneTimeoutError, LaneDiedError, or what the function raised.
        """
        lane = await self._free.get()
        try:
            return await lane.run(self._seconds, function, *args, **kwargs)
        finally:
            self._free.put_nowait(lane)

    async def read(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> "_T | Rejection":
        """Run a function that reads a page; a page that hangs or kills its lane becomes a Rejection."""
        try:
            return await self.run(function, *args, **kwargs)
        except LaneTimeoutError as error:
            return Rejection(reason=Reason.EXTRACTION_TIMEOUT, detail=str(error))
        except LaneDiedError as error:
            return Rejection(reason=Reason.EXTRACTION_CRASH, detail=str(error))

    async def start(self) -> None:
        """Start the process of every lane before its first call."""
        await asyncio.gather(*(self.run(_ready) for _ in self._lanes))

    def pids(self) -> list[int]:
        """Return the ids of the living processes, for measurements."""
        return [pid for lane in self._lanes for pid in lane.pids()]

    async def close(self) -> None:
        """End every process; return when they have ended."""
        await asyncio.gather(*(asyncio.to_thread(lane.close) for lane in self._lanes))


class _Lane:
    def __init__(self, prepare: Callable[[], None] | None) -> None:
        self._prepare = prepare
        self._pool: ProcessPoolExecutor | None = None

    async def run(self, seconds: float, function: Callable[..., _T], *args: Any, **kwargs: Any) -> _T:
        fresh, call = await self._begun(function, args, kwargs)
        result = asyncio.wrap_future(call)
        # wait, not wait_for: cancelling the future makes the pool's thread of Python 3.11 raise
        done, _ = await asyncio.wait({result}, timeout=seconds + (START_SECONDS if fresh else 0))
        if not done:
            result.add_done_callback(_forget)
            self.kill()
            raise LaneTimeoutError(f"{function.__name__} took longer than {seconds:g} s")
        try:
            return result.result()
        except BrokenProcessPool as error:
            self.kill()
            raise LaneDiedError(str(error)) from error

    async def _begun(
        self, function: Callable[..., _T], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> "tuple[bool, Future[_T]]":
        """Submit the call; return whether a process had to be started, and the call."""
        if self._pool is not None:
            try:
                return False, self._pool.submit(_call, function, args, kwargs)
            except BrokenProcessPool:  # the process died while it had nothing to do
                self.kill()
        self._pool = ProcessPoolExecutor(
            1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(self._prepare,),
            max_tasks_per_child=MAX_TASKS,
        )
        # the first call starts the process, which takes too long for an event loop
        return True, await asyncio.to_thread(self._pool.submit, _call, function, args, kwargs)

    def pids(self) -> list[int]:
        return [process.pid for process in self._processes() if process.pid]

    def kill(self) -> None:
        processes = self._processes()
        pool, self._pool = self._pool, None
        for process in processes:
            process.kill()
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _processes(self) -> list[Any]:
        # private until Python 3.14, which has kill_workers()
        return list((getattr(self._pool, "_processes", None) or {}).values())


def _begin(prepare: Callable[[], None] | None) -> None:
    leave_signals_to_parent()
    if prepare is not None:
        prepare()


def leave_signals_to_parent() -> None:
    """Ignore SIGINT and SIGTERM in this child process, and end it when its parent has ended.

    Ctrl-C and service managers send the signal to all processes of a crawl; the parent decides when its
    children end.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait for the end of the parent, which cannot end its lanes when it is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _call(function: Callable[..., _T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> _T:
    return function(*args, **kwargs)


def _ready() -> None:
    """Do nothing: the first call of a lane starts its process."""


def _forget(future: "asyncio.Future[Any]") -> None:
    if not future.cancelled():
        future.exception()
