"""Drives Chromium over two pipes with its own protocol: JSON objects, each ended by a NUL.

Whatever the browser asks for goes through `Fetch`, which this process answers. All else that it could send is
pointed at a port of this machine on which nothing listens.
"""

import base64
import json
import os
import queue
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from crawler.errors import ArchiveError, WarraqError

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_MAX_MESSAGE = 400_000_000  # bytes of one answer: a picture in base64
_CLOSE_SECONDS = 5.0
_WATCH_SECONDS = 0.25
_PAGE = os.sysconf("SC_PAGE_SIZE")
# The protocol is spoken on the descriptors 3 and 4; a first program puts the pipes there.
_PLACE = """import os, sys
commands, answers = int(sys.argv[1]), int(sys.argv[2])
os.dup2(commands, 100); os.dup2(answers, 101); os.dup2(100, 3); os.dup2(101, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
_OPTIONS = (
    "--headless=new",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--disable-features=IsolateOrigins,site-per-process,DialMediaRouteProvider,OptimizationHints,Translate",
    "--dns-prefetch-disable",
    "--disable-webrtc",
    "--hide-scrollbars",
    "--mute-audio",
    "--no-pings",
    "--renderer-process-limit=1",
    "--proxy-server=http://127.0.0.1:9",  # nothing listens there: what Fetch does not see ends here
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--remote-debugging-pipe",
)


class BrowserError(ArchiveError):
    """The browser failed, or took too long or too much memory; the message says which."""


def find_browser() -> str:
    """Return the path of Chromium. Raises WarraqError where none is installed."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise WarraqError(
            "Chromium, which makes the pictures, is not installed: apt-get install chromium installs it."
        )
    return found


class Browser:
    """A running browser. Every method raises BrowserError once its time is over."""

    def __init__(
        self, commands: int, answers: int, deadline: float, failure: Callable[[], str | None]
    ) -> None:
        self._answers = answers
        self._deadline = deadline  # of time.monotonic()
        self._failure = failure  # why the browser was ended
        self._number = 0
        self._rest = bytearray()
        self._searched = 0
        self._session: str | None = None
        self._handlers: dict[str, Callable[[Mapping[str, Any]], None]] = {}
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=_write, args=(commands, self._waiting), daemon=True)
        self._writer.start()

    def on(self, event: str, handler: Callable[[Mapping[str, Any]], None]) -> None:
        """Call a function with the parameters of each event of this name."""
        self._handlers[event] = handler

    def attach(self) -> None:
        """Open a page; later commands are sent to it."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.on("Inspector.targetCrashed", self._crashed)
        self.call("Inspector.enable")

    def send(self, method: str, **parameters: Any) -> int:
        """Send a command, and do not wait for its answer; return its number."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._waiting.put(json.dumps(message).encode() + b"\0")
        return self._number

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its answer; events meanwhile go to their handlers."""
        number = self.send(method, **parameters)
        while (answer := self._next()).get("id") != number:
            self._note(answer)
        if "error" in answer:
            raise BrowserError(f"The browser refused {method}: {str(answer['error'])[:200]}.")
        result: dict[str, Any] = answer["result"]
        return result

    def wait_until(self, is_true: Callable[[], bool]) -> None:
        """Hand events to their handlers until the condition is true."""
        while not is_true():
            self._note(self._next())

    def close(self) -> None:
        """Ask the browser to end."""
        self._session = None
        self.send("Browser.close")
        self._waiting.put(None)
        self._writer.join(_CLOSE_SECONDS)

    def _crashed(self, _: Mapping[str, Any]) -> None:
        raise BrowserError(self._failure() or "The browser failed at this page; nothing was kept.")

    def _note(self, message: Mapping[str, Any]) -> None:
        handler = self._handlers.get(message.get("method", ""))
        if handler is not None:
            handler(message.get("params", {}))

    def _next(self) -> dict[str, Any]:
        while (end := self._rest.find(b"\0", self._searched)) < 0:
            self._searched = len(self._rest)
            left = self._deadline - time.monotonic()
            ready = select.select([self._answers], [], [], max(left, 0))[0] if left > 0 else []
            if not ready:
                raise BrowserError("The browser took too long for this page; nothing was kept.")
            part = os.read(self._answers, 1 << 20)
            if not part:
                raise BrowserError(self._failure() or "The browser has ended by itself; nothing was kept.")
            self._rest += part
            if len(self._rest) > _MAX_MESSAGE:
                raise BrowserError("The picture of this page is too large; nothing was kept.")
        message: dict[str, Any] = json.loads(bytes(self._rest[:end]))
        del self._rest[: end + 1]
        self._searched = 0
        return message


@contextmanager
def browsing(program: str, folder: Path, *, seconds: float, memory: int) -> Iterator[Browser]:
    """Run a browser with a new profile in `folder`, for so many seconds and bytes at most."""
    their_commands, commands = os.pipe()
    answers, their_answers = os.pipe()
    options = [*_OPTIONS, f"--user-data-dir={folder / 'profile'}"]
    if os.geteuid() == 0:  # Chromium's sandbox does not work for root
        options.append("--no-sandbox")
    words = [sys.executable, "-c", _PLACE, str(their_commands), str(their_answers), program, *options]
    try:
        process = subprocess.Popen(  # noqa: S603 - the program that find_browser found
            [*words, "about:blank"],
            pass_fds=(their_commands, their_answers),
            env=_environment(folder),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    finally:
        for end in (their_commands, their_answers):
            os.close(end)
    watch = _Watch(process.pid, memory)
    try:
        browser = Browser(commands, answers, time.monotonic() + seconds, lambda: watch.failure)
        yield browser
        browser.close()
    finally:
        watch.stop()
        _end(process)
        os.close(commands)
        os.close(answers)


class _Watch:
    """Ends all processes of a session when together they hold too much memory."""

    def __init__(self, session: int, most: int) -> None:
        self.failure: str | None = None
        self._session = session
        self._most = most
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(_WATCH_SECONDS):
            if _resident_bytes(self._session) > self._most:
                self.failure = (
                    f"The browser needed more than {self._most >> 20:,} MiB for this page; nothing was kept."
                )
                _kill(self._session)
                return


def _resident_bytes(session: int) -> int:
    """Sum the memory of the processes of a session that they do not share with files."""
    total = 0
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                _, resident, shared, *_ = (path / "statm").read_text().split()
                total += (int(resident) - int(shared)) * _PAGE
    return total


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(_CLOSE_SECONDS if process.poll() is None and sys.exception() is None else 0)
    _kill(process.pid)  # also the processes that it left
    process.wait()


def _kill(session: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)


def _write(descriptor: int, waiting: "queue.SimpleQueue[bytes | None]") -> None:
    """Write commands in a thread of its own: the browser may wait for its answers to be read meanwhile."""
    while (message := waiting.get()) is not None:
        view = memoryview(message)
        while view:
            try:
                view = view[os.write(descriptor, view) :]
            except OSError:  # the browser has gone, which the reader of its answers notices
                return


def _environment(folder: Path) -> dict[str, str]:
    kept = ("PATH", "LANG", "LC_ALL", "FONTCONFIG_PATH", "FONTCONFIG_FILE")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "XDG_CACHE_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }


def decoded(answer: Mapping[str, Any]) -> bytes:
    """Return the data of an answer that holds a file."""
    return base64.b64decode(answer["data"])
