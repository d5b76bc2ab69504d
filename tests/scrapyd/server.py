"""A real Scrapyd on loopback, set up as in docs/scrapyd.md: its own environment, an empty folder."""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests import needs
from tests.crawl.running import MAX_SECONDS, PROJECT, UNHURRIED

DEPLOY = PROJECT / "deploy" / "scrapyd"
USER, PASSWORD = "warraq", "to-the-tests-only"
_BETWEEN_LOOKS = 0.05  # seconds


@dataclass(frozen=True)
class Scrapyd:
    """A running server and its API."""

    folder: Path  # in which it was started
    url: str
    process: "subprocess.Popen[bytes]"
    archive: Path  # the value of WARRAQ_ARCHIVE

    def ask(self, action: str, data: Mapping[str, str | Sequence[str]] | None = None) -> dict[str, Any]:
        """Call the API by GET, or by POST where `data` is given. Raises HTTPError."""
        body = urlencode(data, doseq=True).encode() if data is not None else None
        request = Request(f"{self.url}/{action}", data=body, headers={"Authorization": _credentials()})  # noqa: S310 - loopback
        with urlopen(request, timeout=MAX_SECONDS) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
        return found

    def schedule(self, spider: str, *settings: str, **arguments: str) -> str:
        """Queue a crawl without delays; return the id of its job."""
        unhurried = [f"{name}={value}" for name, value in UNHURRIED.items()]
        wanted = {"project": "warraq", "spider": spider, "setting": [*unhurried, *settings], **arguments}
        answer = self.ask("schedule.json", wanted)
        assert answer["status"] == "ok", answer
        job: str = answer["jobid"]
        return job

    def cancel(self, job: str, sent: str = "INT") -> None:
        answer = self.ask("cancel.json", {"project": "warraq", "job": job, "signal": sent})
        assert answer == {"status": "ok", "prevstate": "running", "node_name": answer["node_name"]}

    def running(self) -> list[dict[str, Any]]:
        jobs: list[dict[str, Any]] = self.ask("listjobs.json")["running"]
        return jobs

    def finish(self, job: str) -> None:
        """Wait until Scrapyd lists a job as finished."""

        def finished() -> bool:
            return any(each["id"] == job for each in self.ask("listjobs.json")["finished"])

        wait_until(finished, lambda: f"job {job} does not end: {self.evidence(job)}")

    def log(self, job: str) -> str:
        """Return the log of a job so far."""
        return "".join(path.read_text() for path in self.folder.glob(f"logs/warraq/*/{job}.log"))

    def evidence(self, job: str) -> str:
        """Return the end of a job's log and of its stderr, for failed assertions."""
        errors = [line for line in self.own_log().splitlines() if "/stderr]" in line]
        return "\n".join([self.log(job)[-3000:], *errors[-5:]])

    def own_log(self) -> str:
        return (self.folder.parent / "scrapyd.log").read_text()


def wait_until(come: Callable[[], bool], otherwise: Callable[[], str]) -> None:
    deadline = time.monotonic() + MAX_SECONDS
    while not come():
        if time.monotonic() > deadline:
            pytest.fail(otherwise())
        time.sleep(_BETWEEN_LOOKS)


@contextmanager
def running_scrapyd(
    home: Path, env: Mapping[str, str] | None = None, *, eggs: Path | None = None, conf: str = ""
) -> Iterator[Scrapyd]:
    """Start the server in `home`/server with the configuration that is delivered; stop it, and its jobs.

    `eggs` is the folder of another server's eggs, which this one serves, too; `conf` holds more lines of
    configuration.
    """
    program = needs.environment_program("scrapyd", "scrapyd")
    folder, archive = home / "server", home / "archive"
    folder.mkdir(parents=True)
    shutil.copy(DEPLOY / "scrapyd.conf", folder)
    (home / ".scrapyd.conf").write_text(f"[scrapyd]\n{conf}\n")
    if eggs is not None:
        shutil.copytree(eggs, folder / "eggs")
    port = _free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SCRAPY"))}
    ours = {"HOME": str(home), "SCRAPYD_HTTP_PORT": str(port), "WARRAQ_ARCHIVE": str(archive)}
    ours |= {"SCRAPYD_USERNAME": USER, "SCRAPYD_PASSWORD": PASSWORD}
    with (home / "scrapyd.log").open("wb") as log:
        process = subprocess.Popen(
            [program],
            cwd=folder,
            env={**clean, **ours, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # its jobs are in its process group, as they are in a service's
        )
    server = Scrapyd(folder, f"http://127.0.0.1:{port}", process, archive)
    try:
        wait_until(lambda: _answers(server), lambda: f"Scrapyd does not answer: {server.own_log()[-3000:]}")
        yield server
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # the test ended them all
    finally:
        process.wait(MAX_SECONDS)


def _answers(server: Scrapyd) -> bool:
    assert server.process.poll() is None, server.own_log()[-3000:]
    try:
        return bool(server.ask("daemonstatus.json")["status"] == "ok")
    except HTTPError:
        raise
    except (URLError, ConnectionError):
        return False


def _credentials() -> str:
    return "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
