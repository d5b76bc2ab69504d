"""A real browser over a pipe: what a page looks like to it, and what it complains of."""

import base64
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import needs

NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Browser:
    """Speaks the browser's own protocol: JSON objects, each ended by a NUL, over two pipes."""

    commands: int
    answers: int
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    session: str | None = None
    _number: int = 0
    _rest: bytes = b""

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What a command answers; what happens meanwhile is kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._number:
            self._note(answer)
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def wait_for(self, event: str) -> None:
        while (heard := self._next()).get("method") != event:
            self._note(heard)

    def open(self, page: Path | str, *, width: int, dark: bool = False, language: str | None = None) -> None:
        """Show a file or an address in a window of this width; returns when it is loaded.

        `language` is the header Accept-Language of the requests.
        """
        self.complaints.clear()
        self.requests.clear()
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        if language:
            self.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})
        self.call("Page.navigate", url=page.as_uri() if isinstance(page, Path) else page)
        self.wait_for("Page.loadEventFired")

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript gives; the page's own policy does not hold for it."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def promised(self, expression: str) -> Any:
        """What the promise of an expression of JavaScript gives."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def picture(self) -> bytes:
        """The whole page as PNG; the window grows to the height of the page."""
        width, height = self.value("[innerWidth, document.documentElement.scrollHeight]")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 500,
        )  # fmt: skip
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def _note(self, message: dict[str, Any]) -> None:
        method, details = message.get("method"), message.get("params", {})
        if method == "Log.entryAdded":
            self.complaints.append(details["entry"]["text"])
        elif method in {"Runtime.exceptionThrown", "Runtime.consoleAPICalled"}:
            self.complaints.append(json.dumps(details)[:500])
        elif method == "Network.requestWillBeSent":
            self.requests.append(details["request"]["url"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            part = os.read(self.answers, 1 << 16)
            assert part, "the browser has gone"
            self._rest += part
        first, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        return message


@contextlib.contextmanager
def open_browser(folder: Path) -> Iterator[Browser]:
    """A browser without a window, with a profile of its own, until the block ends."""
    program = needs.program(*NAMES, package="chromium")
    their_commands, commands = os.pipe()
    answers, their_answers = os.pipe()
    # the protocol is spoken on 3 and 4; a first program puts the pipes there
    place = (
        "import os, sys\n"
        f"os.dup2({their_commands}, 100); os.dup2({their_answers}, 101); os.dup2(100, 3); os.dup2(101, 4)\n"
        "os.execv(sys.argv[1], sys.argv[1:])\n"
    )
    words = [
        sys.executable,
        "-c",
        place,
        program,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-dev-shm-usage",
        f"--user-data-dir={folder}",
        "--remote-debugging-pipe",
        "about:blank",
    ]
    process = subprocess.Popen(
        words,
        pass_fds=(their_commands, their_answers),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for end in (their_commands, their_answers):
        os.close(end)
    try:
        browser = Browser(commands, answers)
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        attached = browser.call("Target.attachToTarget", targetId=target, flatten=True)
        browser.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            browser.call(f"{domain}.enable")
        yield browser
        browser.session = None
        browser.call("Browser.close")
    finally:
        os.close(commands)
        os.close(answers)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
