"""Shows an archived page in a browser and takes its picture."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from crawler.archive.members import WarcFormatError
from crawler.picture.answers import ArchivedAnswers, Shown
from crawler.picture.browser import Browser, BrowserError, browsing, decoded

WIDTH = 1280  # CSS pixels of the window
_HEIGHT = 1024
_MAX_HEIGHT = 16_000  # of a picture; Chromium draws no higher one in one piece
_MAX_REQUESTS = 2_000
_A4: dict[str, Any] = {
    "paperWidth": 8.27,  # inches
    "paperHeight": 11.69,
    "printBackground": True,
    "preferCSSPageSize": False,
    "displayHeaderFooter": True,
    "headerTemplate": "<span></span>",
}
_SHOWN = 150  # characters of an address below a page of the PDF
_REDIRECT = range(300, 400)


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The bounds of one picture."""

    seconds: float = 60.0
    memory: int = 1_500 << 20  # bytes of all processes of the browser
    runs_scripts: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendering:
    """A page as a browser shows it."""

    png: bytes
    pdf: bytes
    software: str  # the browser with its version
    width: int  # CSS pixels
    height: int
    is_cut: bool  # the page is higher than the picture
    answered: int  # requests that the archive answered
    missing: tuple[str, ...]  # addresses that it did not hold, sorted
    runs_scripts: bool


@dataclass(slots=True)
class _Requests:
    """Answers the browser's requests from the archive, and counts what it lacks."""

    browser: Browser
    answers: ArchivedAnswers
    url: str  # of the page
    frame: str = ""  # the main one
    answered: int = 0
    missing: set[str] = field(default_factory=set)
    failed: str | None = None  # why the page itself cannot be shown
    is_shown: bool = False  # the page itself was answered

    def paused(self, event: Mapping[str, Any]) -> None:
        request, number = event["request"], event["requestId"]
        url = request["url"]
        is_page = event.get("resourceType") == "Document" and event.get("frameId") == self.frame
        if url.startswith(("data:", "blob:", "about:")):
            self.browser.send("Fetch.continueRequest", requestId=number)
            return
        if is_page and self.is_shown:  # a page that leads to another one: the picture is of the first
            self.browser.send("Fetch.failRequest", requestId=number, errorReason="Aborted")
            return
        shown = self._answer(url, request["method"])
        if shown is None:
            self.missing.add(url)
            if is_page:
                self.failed = f"The archive does not hold {url}, so the page cannot be shown."
            self.browser.send("Fetch.failRequest", requestId=number, errorReason="AddressUnreachable")
            return
        self.answered += 1
        self.is_shown = self.is_shown or (is_page and shown.status not in _REDIRECT)
        self.browser.send(
            "Fetch.fulfillRequest",
            requestId=number,
            responseCode=shown.status,
            responseHeaders=[{"name": name, "value": _latin(value)} for name, value in shown.headers],
            body=base64.b64encode(shown.body).decode("ascii"),
        )

    def _answer(self, url: str, method: str) -> Shown | None:
        if method != "GET" or self.answered + len(self.missing) >= _MAX_REQUESTS:
            return None
        try:
            return self.answers.answer(url)
        except WarcFormatError:  # scrapy verify names the damage; the picture is made without it
            return None


def render(program: str, wacz: Path, answers: ArchivedAnswers, url: str, limits: Limits) -> Rendering:
    """Take the picture of a page out of a WACZ; the browser's profile lies beside that file.

    Raises BrowserError where the page cannot be shown in its bounds.
    """
    with browsing(program, wacz.parent, seconds=limits.seconds, memory=limits.memory) as browser:
        product = browser.call("Browser.getVersion")["product"]  # Chrome/156.0.8078.108, also of Chromium
        software = f"Chromium {product.partition('/')[2]}"
        requests = _prepare(browser, answers, url, limits)
        _open(browser, requests)
        size = browser.call("Page.getLayoutMetrics")["cssContentSize"]
        height = min(max(int(size["height"]), 1), _MAX_HEIGHT)
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
        png = browser.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        pdf = browser.call("Page.printToPDF", **_A4, footerTemplate=_footer(answers.moment, software, url))
        return Rendering(
            png=decoded(png),
            pdf=decoded(pdf),
            software=software,
            width=WIDTH,
            height=height,
            is_cut=size["height"] > _MAX_HEIGHT,
            answered=requests.answered,
            missing=tuple(sorted(requests.missing)),
            runs_scripts=limits.runs_scripts,
        )


def _prepare(browser: Browser, answers: ArchivedAnswers, url: str, limits: Limits) -> _Requests:
    browser.attach()
    requests = _Requests(browser, answers, url)
    requests.frame = browser.call("Page.getFrameTree")["frameTree"]["frame"]["id"]
    browser.on("Fetch.requestPaused", requests.paused)
    browser.call("Page.enable")
    browser.call("Network.enable")
    browser.call("Network.setCacheDisabled", cacheDisabled=True)
    browser.call("Fetch.enable", patterns=[{"urlPattern": "*"}])
    browser.call("Emulation.setScriptExecutionDisabled", value=not limits.runs_scripts)
    size = {"width": WIDTH, "height": _HEIGHT, "deviceScaleFactor": 1, "mobile": False}
    browser.call("Emulation.setDeviceMetricsOverride", **size)
    return requests


def _open(browser: Browser, requests: _Requests) -> None:
    loaded: list[Mapping[str, Any]] = []
    browser.on("Page.loadEventFired", loaded.append)
    browser.on("Page.javascriptDialogOpening", lambda _: _dismiss(browser))
    answer = browser.call("Page.navigate", url=requests.url)
    if requests.failed or answer.get("errorText"):
        raise BrowserError(requests.failed or f"The browser cannot show the page: {answer['errorText']}.")
    browser.wait_until(lambda: bool(loaded))


def _dismiss(browser: Browser) -> None:
    browser.send("Page.handleJavaScriptDialog", accept=False)


def _footer(moment: datetime, software: str, url: str) -> str:
    """Return the line below each page of the PDF: that it is no picture of the live site."""
    made = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    words = f"Rendered later ({made}) from the record of {moment:%Y-%m-%d %H:%M:%S} UTC, by {software}"
    count = '<span class="pageNumber"></span> / <span class="totalPages"></span>'
    style = "font-size: 6px; width: 100%; text-align: center; font-family: sans-serif; direction: ltr"
    return f'<div style="{style}">{escape(words)} &middot; {count}<br>{escape(url[:_SHOWN])}</div>'


def _latin(value: str) -> str:
    """Return a header as the protocol takes it: UTF-8 bytes as Latin-1 letters."""
    return value.encode("utf-8").decode("latin-1") if not value.isascii() else value
