"""Calls for process lanes, which import them by name."""

import os
import signal
import time
from pathlib import Path


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
