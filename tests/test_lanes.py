"""Lanes with real processes: a call that hangs or kills its lane costs that call only."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from crawler.lanes import LaneDiedError, Lanes, LaneTimeoutError


def square(number: int) -> int:
    return number * number


def hang(marker: str) -> None:
    Path(marker).write_text(str(os.getpid()))
    while True:
        time.sleep(60)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    raise ValueError("as asked")


def prepared(path: str) -> bool:
    return Path(path).exists()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_results_and_errors_come_back() -> None:
    async def scene() -> None:
        lanes = Lanes(2, seconds=30)
        try:
            assert await asyncio.gather(*(lanes.run(square, n) for n in range(6))) == [0, 1, 4, 9, 16, 25]
            with pytest.raises(ValueError, match="as asked"):
                await lanes.run(fail)
            pids = lanes.pids()
            assert len(pids) == 2
        finally:
            await lanes.close()
        assert not any(alive(pid) for pid in pids)

    asyncio.run(scene())


def test_a_hanging_call_is_killed_and_the_others_go_on(tmp_path: Path) -> None:
    async def scene() -> None:
        lanes = Lanes(1, seconds=0.5)
        marker = tmp_path / "pid"
        try:
            assert await lanes.run(square, 2) == 4  # the process is up, so the clock below is the call's own
            with pytest.raises(LaneTimeoutError, match="hang"):
                await lanes.run(hang, str(marker))
            assert await lanes.run(square, 3) == 9
        finally:
            await lanes.close()
        assert not alive(int(marker.read_text()))

    asyncio.run(scene())


def test_a_call_that_kills_its_lane_costs_itself_only() -> None:
    async def scene() -> None:
        lanes = Lanes(1, seconds=30)
        try:
            with pytest.raises(LaneDiedError):
                await lanes.run(die)
            assert await lanes.run(square, 4) == 16
        finally:
            await lanes.close()

    asyncio.run(scene())


@pytest.mark.parametrize(("count", "seconds"), [(0, 1.0), (-1, 1.0), (1, 0.0)])
def test_no_lanes_no_time(count: int, seconds: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        Lanes(count, seconds=seconds)
