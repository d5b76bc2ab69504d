"""One S3 server of each kind for a whole test run, also where many processes of pytest-xdist take part.

The first test that needs a server starts a keeper: a process that runs the server and writes its address into
the run's folder. Every process of the run holds a shared lock on a file there; the keeper waits for the
exclusive lock, gets it when the last of them has ended, however it ended, and then stops the server.
"""

import fcntl
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import needs
from tests.servers.localstack import LocalStack, running_localstack
from tests.servers.swift import Swift, running_swift

_POLL_SECONDS = 0.05
_STARTS: dict[str, Callable[[], AbstractContextManager[Swift | LocalStack]]] = {
    "swift": running_swift,
    "localstack": running_localstack,
}


class SharedServers:
    """The servers of this run, as one of its processes sees them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._users = (folder / "users").open("a")
        fcntl.flock(self._users, fcntl.LOCK_SH)

    def address(self, kind: str) -> str:
        """Return the URL of the server, which is started where it does not run yet."""
        with _locked(self._folder / f"{kind}.lock"):
            found = self._folder / f"{kind}.json"
            if not found.exists():
                _start_keeper(kind, self._folder)
            answer: dict[str, Any] = json.loads(found.read_text())
        if "error" in answer:
            pytest.fail(answer["error"], pytrace=False)
        return str(answer["url"])

    def close(self, *, wait: bool) -> None:
        """Need the servers no longer; wait until they have stopped, where this is the run's last process."""
        self._users.close()
        for kept in self._folder.glob("*.alive") if wait else ():
            with _locked(kept):  # the keeper holds it until its server has stopped
                pass


SERVERS = pytest.StashKey[SharedServers]()  # in the configuration of each process of the run


def swift_server(servers: SharedServers) -> Swift:
    """Return the run's Swift; skip the test where its environment is missing."""
    needs.environment_program("swift", "swift-proxy-server")
    return Swift(servers.address("swift"))


def localstack_server(servers: SharedServers) -> LocalStack:
    """Return the run's LocalStack; skip the test where its environment is missing."""
    needs.environment_program("localstack", "python")
    return LocalStack(servers.address("localstack"))


def new_folder() -> Path:
    """Make the folder through which the processes of one run find the servers."""
    return Path(tempfile.mkdtemp(prefix="warraq-servers-"))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start_keeper(kind: str, folder: Path) -> None:
    command = [sys.executable, "-m", "tests.servers.shared", kind, str(folder)]
    env = {**os.environ, "PYTHONPATH": str(needs.PROJECT)}
    log = os.open(folder / f"{kind}.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    actions = [(os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)]
    process = os.posix_spawn(sys.executable, command, env, file_actions=actions, setsid=True)
    os.close(log)
    while not (folder / f"{kind}.json").exists():
        if os.waitpid(process, os.WNOHANG)[0]:
            pytest.fail((folder / f"{kind}.log").read_text(errors="replace")[-3000:], pytrace=False)
        time.sleep(_POLL_SECONDS)


def keep(kind: str, folder: Path) -> None:
    """Run the server until no process of the run is left."""
    with _locked(folder / f"{kind}.alive"):
        try:
            with _STARTS[kind]() as server:
                _publish(folder / f"{kind}.json", {"url": server.endpoint_url})
                with _locked(folder / "users"):
                    pass
        except Exception as error:  # noqa: BLE001 - every test that needs the server shows it
            _publish(folder / f"{kind}.json", {"error": f"{type(error).__name__}: {error}"})


def _publish(path: Path, value: dict[str, str]) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(value))
    partial.replace(path)


if __name__ == "__main__":
    keep(sys.argv[1], Path(sys.argv[2]))
