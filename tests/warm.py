"""Commands in processes of their own that start at once: forked from one that has imported Scrapy and Warraq.

Starting Python and importing libraries takes a command most of its time. A warm process imports them once,
waits, and forks for each command: its own process id, folder, environment, output and exit code, and all that
happens at the end of a Python process. What is read at import is not tested so; WARRAQ_TESTS_COLD=1 starts
every command from nothing.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests import clock

_PROJECT = Path(__file__).resolve().parents[1]
_LONGEST_REQUEST = 1 << 20  # bytes
# What Python and its libraries read when they start, so that a warm process would not notice a change.
_READ_AT_START = ("PYTHON", "LC_", "LANG", "TZ", "MALLOC", "ARROW", "LD_")


def can_run(env: Mapping[str, str], cwd: Path) -> bool:
    """Return whether a warm process gives what a cold one would."""
    other = {name for name in {*env, *os.environ} if env.get(name) != os.environ.get(name)}
    return (
        cwd == _PROJECT
        and "WARRAQ_TESTS_COLD" not in os.environ
        and not any(name.startswith(_READ_AT_START) for name in other - {"PYTHONWARNINGS"})
    )


class WarmProcess:
    """A process that forks for each command; may be used by several threads at once."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket = ours
        self._lock = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.warm", str(theirs.fileno())],
                cwd=_PROJECT,
                env={**os.environ, "PYTHONWARNINGS": "default"},
                pass_fds=[theirs.fileno()],
            )

    def run(
        self, arguments: Sequence[str], *, env: Mapping[str, str], seconds: float
    ) -> "subprocess.CompletedProcess[str]":
        """Run `scrapy …` to its end, as subprocess.run does. Raises TimeoutExpired after so many seconds."""
        request = json.dumps({"arguments": list(arguments), "env": dict(env)}).encode()
        receiver, sender = os.pipe()
        with (
            open(receiver, "rb", buffering=0) as answer,  # noqa: PTH123 - a descriptor
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            with open(sender, "wb"), self._lock:  # noqa: PTH123
                socket.send_fds(self._socket, [request], [out.fileno(), err.fileno(), sender])
            pid = int(answer.readline())
            alarm = threading.Timer(seconds, _kill, [pid])
            alarm.start()
            code = int(answer.readline())
            expired = alarm.finished.is_set()
            alarm.cancel()
            texts = [_content(file) for file in (out, err)]
        command = ["scrapy", *arguments]
        if expired:
            raise subprocess.TimeoutExpired(command, seconds, *texts)
        return subprocess.CompletedProcess(command, code, *texts)

    def close(self) -> None:
        """End the process; commands that run go on."""
        self._socket.close()
        self._process.wait()


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _content(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode().replace("\r\n", "\n"))


def _import_all() -> None:
    """Import what commands use, except what begins an event loop or reads the environment."""
    import crawler  # noqa: PLC0415 - processes that a command starts import this module, too

    for module in pkgutil.walk_packages(crawler.__path__, "crawler."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in ("scrapy.cmdline", "scrapy.commands.crawl", "trafilatura", "pyarrow.dataset", "boto3"):
        importlib.import_module(name)
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("a module of crawler installs the reactor when it is imported")


def _serve(requests: socket.socket) -> None:
    """Fork for each request; returns in the process that is to be the command, and when all are done."""
    gc.freeze()  # so that the garbage collector does not copy the pages that forks share
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel forgets waiters that have ended
    while True:
        message, files, _, _ = socket.recv_fds(requests, _LONGEST_REQUEST, 3)
        if not message:
            os._exit(0)
        if os.fork() == 0:
            requests.close()
            _wait_for_command(json.loads(message), *files)
            return
        for file in files:
            os.close(file)


def _wait_for_command(request: dict[str, Any], out: int, err: int, answer: int) -> None:
    """Fork the command, and return in it; the other process reports its id and its exit code, and ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid:
        os.write(answer, b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        os.write(answer, b"%d\n" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    for source, target in ((out, 1), (err, 2)):
        os.dup2(source, target)
    for file in (out, err, answer):
        os.close(file)
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv = ["scrapy", *request["arguments"]]
    sys.path[0] = str(_PROJECT)
    clock.shift_by_environment()


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _import_all()
    with socket.socket(fileno=int(sys.argv[1])) as requests:
        _serve(requests)
    from scrapy.cmdline import execute  # noqa: PLC0415 - see _import_all

    execute()


if __name__ == "__main__":
    main()
