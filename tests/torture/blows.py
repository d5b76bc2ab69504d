"""Crawls that get a signal: at a request, at a change of the spool or the archive, after some seconds."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.crawl.running import MAX_SECONDS, PROJECT, UNHURRIED, scrapy
from tests.torture.press import Press

Kind = Literal["request", "change", "seconds"]
MAX_EXIT_SECONDS = 20.0  # until the processes of a struck crawl have ended, too
SMALL = {"WARC_MAX_BYTES": "40000"}  # many files: some are delivered while others are written


@dataclass(frozen=True, kw_only=True)
class Blow:
    """The signal that a crawl gets, and when."""

    kind: Kind
    at: float  # number of the request or of the change, or seconds since the start
    signal: int = signal.SIGKILL  # at a change: always SIGKILL
    articles: int = 0  # at a request: wait until so many are in the journal

    def __str__(self) -> str:
        name = signal.Signals(self.signal).name
        return f"{name} at {self.kind} {self.at:g}"


@dataclass(frozen=True, kw_only=True)
class Struck:
    """How a struck crawl ended."""

    returncode: int
    change: str  # the change that it was about to make, where it was struck at one
    requests: int
    errors: str  # its stderr


def blows(seed: int, count: int, *, requests: int, changes: int, seconds: float) -> Iterator[Blow]:
    """Yield `count` random blows; `requests`, `changes` and `seconds` are the highest values of each kind."""
    draw = random.Random(seed)  # noqa: S311 - repeatable
    for _ in range(count):
        match draw.choice(("request", "change", "seconds")):
            case "request":
                yield Blow(kind="request", at=draw.randint(1, requests))
            case "change":
                yield Blow(kind="change", at=draw.randint(1, changes))
            case _:
                yield Blow(kind="seconds", at=round(draw.uniform(0.05, seconds), 2))


def struck_crawl(
    press: Press, archive: Path, blow: Blow, settings: Mapping[str, str] | None = None
) -> Struck:
    """Start a crawl of the newspaper, send it the signal, wait until it and all its processes have ended."""
    archive.mkdir(exist_ok=True)
    last, errors = archive.with_name(f"{archive.name}.change"), archive.with_name(f"{archive.name}.errors")
    last.unlink(missing_ok=True)
    press.forget()
    number = int(blow.at) if blow.kind == "change" else -1
    command = [sys.executable, "-m", "tests.torture.doomed", str(archive), str(number), str(last)]
    command += crawl_arguments(press, archive, settings)
    with errors.open("wb") as stderr:
        crawl = subprocess.Popen(command, cwd=PROJECT, start_new_session=True, stderr=stderr)
    if blow.kind == "request":
        press.on_asked = lambda asked: _strike(crawl, archive, blow) if asked == blow.at else None
    try:
        if blow.kind == "seconds":
            with suppress(subprocess.TimeoutExpired):
                crawl.wait(blow.at)
            crawl.send_signal(blow.signal)  # a crawl that has ended gets none
        returncode = crawl.wait(MAX_SECONDS)
    finally:
        press.on_asked = None
        crawl.kill()
        _wait_for_children(crawl.pid)
    change = last.read_text() if last.exists() else ""
    return Struck(
        returncode=returncode,
        change=change,
        requests=len(press.asked),
        errors=errors.read_text(errors="replace"),
    )


def _strike(crawl: "subprocess.Popen[bytes]", archive: Path, blow: Blow) -> None:
    """Send the signal once the journal has enough articles; the request waits meanwhile."""
    while _articles(archive) < blow.articles and crawl.poll() is None:
        pass
    crawl.send_signal(blow.signal)


def _articles(archive: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in (archive / ".spool").rglob("*.jsonl.open"))


def crawl_arguments(press: Press, archive: Path, settings: Mapping[str, str] | None = None) -> list[str]:
    """Return the arguments of a crawl of the newspaper: `crawl news …`."""
    together = {
        **UNHURRIED,
        **SMALL,
        "ARCHIVE": str(archive),
        "CONNECT_TO": press.connect_to,
        **(settings or {}),
    }
    words = [word for name, value in together.items() for word in ("-s", f"{name}={value}")]
    return ["crawl", "news", "-a", f"url={press.town.home}", *words]


def _wait_for_children(group: int) -> None:
    """Wait until the processes that a killed crawl started have ended by themselves."""
    deadline = time.monotonic() + MAX_EXIT_SECONDS
    while left := list(_alive(group)):
        if time.monotonic() > deadline:
            os.killpg(group, signal.SIGKILL)
            raise AssertionError(f"processes outlive their crawl: {left}")


def _alive(group: int) -> Iterator[str]:
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            name, _, rest = process.joinpath("stat").read_text().rpartition(")")
            state, _, its_group = rest.split()[:3]
            if int(its_group) == group and state != "Z":
                yield name


def finish_crawl(
    press: Press,
    archive: Path,
    settings: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    seconds: float = MAX_SECONDS,
) -> "subprocess.CompletedProcess[str]":
    """Run an undisturbed crawl of the newspaper."""
    press.forget()
    return scrapy(*crawl_arguments(press, archive, settings), env=env, seconds=seconds)
