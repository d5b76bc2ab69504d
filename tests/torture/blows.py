"""Crawls that are struck: at a request, at a change in the spool or the archive, at a moment."""

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

from tests.crawl.running import PROJECT, SECONDS_AT_MOST, UNHURRIED, scrapy
from tests.torture.press import Press

Kind = Literal["request", "change", "seconds"]
GONE_WITHIN = 20.0  # seconds in which the processes of a struck crawl have to be gone, too
SMALL = {"WARC_MAX_BYTES": "40000"}  # many files, so that some are on their way while others are written


@dataclass(frozen=True, kw_only=True)
class Blow:
    """When a crawl is struck, and with which signal."""

    kind: Kind
    at: float  # the number of the request or of the change, or the seconds since the start
    signal: int = signal.SIGKILL  # changes know no other
    articles: int = 0  # at a request: not before so many are in the journal

    def __str__(self) -> str:
        name = signal.Signals(self.signal).name
        return f"{name} at {self.kind} {self.at:g}"


@dataclass(frozen=True, kw_only=True)
class Struck:
    """What came of it."""

    returncode: int
    deed: str  # what it was about to do where it was struck at a change
    requests: int
    errors: str  # what it wrote to stderr


def blows(seed: int, count: int, *, requests: int, changes: int, seconds: float) -> Iterator[Blow]:
    """So many blows at random; each number is the highest of its kind."""
    draw = random.Random(seed)  # noqa: S311 - to be the same each time
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
    """Begin a crawl of the paper, strike it, wait until it and all its processes are gone."""
    archive.mkdir(exist_ok=True)
    told, errors = archive.with_name(f"{archive.name}.told"), archive.with_name(f"{archive.name}.errors")
    told.unlink(missing_ok=True)
    press.forget()
    number = int(blow.at) if blow.kind == "change" else -1
    command = [sys.executable, "-m", "tests.torture.doomed", str(archive), str(number), str(told)]
    command += crawl_words(press, archive, settings)
    with errors.open("wb") as stderr:
        crawl = subprocess.Popen(command, cwd=PROJECT, start_new_session=True, stderr=stderr)
    if blow.kind == "request":
        press.on_asked = lambda asked: _strike(crawl, archive, blow) if asked == blow.at else None
    try:
        if blow.kind == "seconds":
            with suppress(subprocess.TimeoutExpired):
                crawl.wait(blow.at)
            crawl.send_signal(blow.signal)  # nothing happens to one that has ended
        returncode = crawl.wait(SECONDS_AT_MOST)
    finally:
        press.on_asked = None
        crawl.kill()
        _wait_for_children(crawl.pid)
    deed = told.read_text() if told.exists() else ""
    return Struck(
        returncode=returncode, deed=deed, requests=len(press.asked), errors=errors.read_text(errors="replace")
    )


def _strike(crawl: "subprocess.Popen[bytes]", archive: Path, blow: Blow) -> None:
    """The answer is kept back meanwhile."""
    while _articles(archive) < blow.articles and crawl.poll() is None:
        pass
    crawl.send_signal(blow.signal)


def _articles(archive: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in (archive / ".spool").rglob("*.jsonl.open"))


def crawl_words(press: Press, archive: Path, settings: Mapping[str, str] | None = None) -> list[str]:
    """`crawl news …` without the program that runs it."""
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
    """A kill -9 strikes one process; those that it started have to end by themselves."""
    deadline = time.monotonic() + GONE_WITHIN
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
    seconds: float = SECONDS_AT_MOST,
) -> "subprocess.CompletedProcess[str]":
    """A crawl that nobody touches."""
    press.forget()
    return scrapy(*crawl_words(press, archive, settings), env=env, seconds=seconds)
