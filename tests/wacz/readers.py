"""Other people's readers, in the environment that `make readers` sets up."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import quote

import pytest

from tests import needs
from tests.crawl.running import PROJECT

_READY_WITHIN = 60


def reader(*command: str, cwd: Path = PROJECT) -> "subprocess.CompletedProcess[str]":
    """Run wacz, wb-manager or cdxj-indexer to its end."""
    return subprocess.run(
        [needs.environment_program("readers", command[0]), *command[1:]],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def assert_valid(wacz: Path) -> None:
    result = reader("wacz", "validate", "-f", str(wacz))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "the passed WACZ is valid" in result.stdout


def index_of(warcs: Sequence[Path]) -> list[str]:
    """The lines that cdxj-indexer makes of WARC files, sorted."""
    result = reader("cdxj-indexer", "--sort", *map(str, warcs))
    assert result.returncode == 0, result.stderr
    return sorted(result.stdout.splitlines())


@dataclass(frozen=True)
class Page:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Browser:
    """Asks a running pywb."""

    address: str  # of a collection, with / at its end

    def get(self, timestamp: str, url: str, kind: str = "id_") -> Page:
        """As it was archived (id_), or as a reader sees it (mp_), with letters as browsers send them."""
        url = quote(url, safe=":/?&=%")
        return get(f"{self.address}{timestamp}{kind}/{url}", **{"Accept-Encoding": "gzip, deflate, br"})


def get(address: str, **headers: str) -> Page:
    """One request, its target as given: `..` and all."""
    _, _, authority, target = address.split("/", 3)
    host, _, port = authority.partition(":")
    lines = [f"GET /{target} HTTP/1.1", f"Host: {authority}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = HTTPResponse(connection)
        answer.begin()
        return Page(answer.status, dict(answer.getheaders()), answer.read())


@contextmanager
def scrapy_replay(archive: str, *, env: Mapping[str, str] | None = None) -> "Iterator[Running]":
    """The command as a user runs it, until it says that it is ready; ended as Ctrl-C ends it."""
    needs.environment_program("readers", "wayback")  # scrapy replay finds it there by itself
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SCRAPY_"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "replay", archive],
        cwd=PROJECT,
        env={**clean, "PYTHONWARNINGS": "default", **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        running = Running(process)
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


class Running:
    """`scrapy replay` while it runs."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self.process = process
        lines = [process.stdout.readline() for _ in range(3)]
        if not lines[-1]:
            pytest.fail(f"scrapy replay does not start: {process.stderr.read()}")
        self.said = "".join(lines)
        self.address, self.example = re.findall(r"http://\S+", self.said)
        self.browser = Browser(self.address)

    def pywb(self) -> int:
        """The process id of the pywb that it started."""
        [child] = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(child)


@contextmanager
def wayback(folder: Path) -> Iterator[str]:
    """pywb as its own users start it, in a folder with collections; its address, with / at its end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [needs.environment_program("readers", "wayback"), "-b", "127.0.0.1", "-p", str(port)],
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    try:
        deadline = time.monotonic() + _READY_WITHIN
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"pywb does not start: {(folder / 'log').read_text()}")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
