"""Lanes with real processes: a call that hangs or kills its lane costs that call only."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.lanes import LaneDiedError, Lanes, LaneTimeoutError
from tests.crawl.running import PROJECT
from tests.lane_calls import die, fail, hang, square


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


def test_a_lane_that_died_while_idle_is_replaced() -> None:
    async def scene() -> None:
        lanes = Lanes(1, seconds=30)
        try:
            assert await lanes.run(square, 2) == 4
            [pid] = lanes.pids()
            os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):  # the pool has taken notice of it already
                await asyncio.to_thread(os.waitid, os.P_PID, pid, os.WEXITED | os.WNOWAIT)
            with contextlib.suppress(LaneDiedError):  # whether the pool has noticed is a matter of its thread
                assert await lanes.run(square, 3) == 9
            assert await lanes.run(square, 4) == 16
        finally:
            await lanes.close()

    asyncio.run(scene())


PARENT = """
import asyncio, os
from crawler.lanes import Lanes
from tests.lane_calls import square

async def main():
    lanes = Lanes(1, seconds=30)
    await lanes.run(square, 2)
    print(lanes.pids()[0], flush=True)
    os.kill(os.getpid(), 9)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_lanes_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    env = {**os.environ, "PYTHONPATH": str(PROJECT)}
    # the lane holds the pipe's other end, so the output ends when the lane does
    result = subprocess.run(
        [sys.executable, str(script)], cwd=PROJECT, env=env, stdout=subprocess.PIPE, timeout=60, check=False
    )
    assert result.returncode == -signal.SIGKILL
    assert int(result.stdout) > 0


@pytest.mark.parametrize(("count", "seconds"), [(0, 1.0), (-1, 1.0), (1, 0.0)])
def test_no_lanes_no_time(count: int, seconds: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        Lanes(count, seconds=seconds)
