"""A reading room in a process of its own, and requests to it."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

from tests.crawl.running import PROJECT

_ADDRESS = re.compile(r"open at (http://\S+)")


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Room:
    """A running `scrapy browse`."""

    address: str  # as it printed it
    process: "subprocess.Popen[str]"

    @property
    def base(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    def get(self, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
        """Send one request; a path is sent as it is."""
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        try:
            connection.request(method, path, headers=dict(headers or {}))
            response: HTTPResponse = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()


def browse_command(archive: Path | str, *options: str) -> list[str]:
    return [sys.executable, "-m", "scrapy", "browse", str(archive), *options]


def environment(cache: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SCRAPY_"))}
    return {**clean, "XDG_CACHE_HOME": str(cache), "PYTHONWARNINGS": "default", **(more or {})}


@contextmanager
def opened(
    archive: Path | str,
    cache: Path,
    *options: str,
    env: Mapping[str, str] | None = None,
    complains: bool = False,
) -> Iterator[Room]:
    """Open a room on a free port until the block ends; it must end well, and complain of nothing."""
    words = browse_command(archive, *(() if "--port" in options else ("--port", "0")), *options)
    with subprocess.Popen(
        words,
        cwd=PROJECT,
        env=environment(cache, env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        errors: list[str] = []
        reading = threading.Thread(target=lambda: errors.extend(process.stderr or ()))
        reading.start()
        try:
            found = next((match for line in process.stdout if (match := _ADDRESS.search(line))), None)
            if found is None:
                process.wait(timeout=60)
                reading.join()
            assert found is not None, "".join(errors)
            yield Room(found[1], process)
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0
        finally:
            process.kill()
            reading.join()
    assert "Traceback" not in "".join(errors), "".join(errors)
    assert complains or not errors, "".join(errors)
