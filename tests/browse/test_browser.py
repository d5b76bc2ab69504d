"""Every page in a real browser: on a phone and on a desk, in both languages, by day and by night."""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import pytest

from tests import needs
from tests.browse.opened import Room, opened
from tests.browse.reading import EDITED, article_named
from tests.browser import Browser, open_browser
from tests.report.booklet import crowded

WIDTHS = (390, 1280)
LANGUAGES = {"ar": "rtl", "en": "ltr"}
PATHS = {
    "home": "/",
    "results": f"/search?q={quote('مياه')}",
    "narrowed": f"/search?q={quote('مياه')}&site=barada_example&from=2025-01-01&exact=1",
    "nothing": "/search?q=zzzzzz",
    "article": "",
    "versions": "/versions",
    "gone": "/gone",
    "outlets": "/outlets",
    "outlet": "/outlet/barada_example",
    "attention": f"/attention?q={quote('مذنب')}&q={quote('مياه')}&by=outlet",
    "about": "/about",
    "error": "/nothing",
}
STRAINED = (
    "/",
    "/search",
    "/outlets",
    "/outlet/barada",
    "/gone",
    f"/attention?q={quote('المدينة')}&by=outlet",
)
# elements that stick out of the window, but for those inside pictures and boxes that scroll
OVERFLOWING = """
[...document.querySelectorAll('body *:not(svg *, .scroll *, .unseen, .skip)')]
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, r]) => r.width > 0 && (r.right > innerWidth + 1 || r.left < -1))
  .map(([e, r]) => e.outerHTML.slice(0, 200))
"""
AXE = """
(async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  return JSON.stringify(found.violations.filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => [v.id, v.nodes.map(n => n.html.slice(0, 160) + ' ' + n.failureSummary)]));
})()
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_browser(tmp_path_factory.mktemp("profile")) as opened_browser:
        yield opened_browser


@pytest.fixture(scope="module")
def paths(room: Room) -> dict[str, str]:
    edited = article_named(room, EDITED)
    return {name: edited + path if name in {"article", "versions"} else path for name, path in PATHS.items()}


@pytest.fixture(scope="module")
def strained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A room over an archive of long names, long words and many sections."""
    folder = tmp_path_factory.mktemp("strained")
    crowded(folder / "archive")
    with opened(folder / "archive", folder / "cache", complains=True) as found:
        yield found


@pytest.fixture(scope="module")
def axe() -> str:
    found = find_spec("axe_core_python")
    if found is None or not found.submodule_search_locations:
        needs.missing("axe-core-python is missing: make setup")
    return (Path(found.submodule_search_locations[0]) / "axe.min.js").read_text("utf-8")


def check_page(browser: Browser, base: str, path: str, width: int, language: str, *, dark: bool) -> None:
    browser.open(base + path, width=width, dark=dark, language=language)
    where = f"{path} {width} {language} dark={dark}"
    assert browser.value("document.documentElement.dir") == LANGUAGES[language], where
    assert browser.value("document.documentElement.scrollWidth") <= width, where
    browser.value("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert browser.value(OVERFLOWING) == [], where
    assert browser.value("document.documentElement.scrollWidth") <= width, where
    assert [each for each in browser.complaints if "404 (Not Found)" not in each] == [], where
    assert browser.requests, where
    assert [each for each in browser.requests if not each.startswith(f"{base}/")] == [], where


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PATHS)
def test_everything_fits_and_nothing_is_complained_of(
    browser: Browser, room: Room, paths: dict[str, str], name: str, language: str
) -> None:
    for width in WIDTHS:
        for dark in (False, True):
            check_page(browser, room.base, paths[name], width, language, dark=dark)


@pytest.mark.parametrize("path", STRAINED)
def test_long_names_and_words_fit(browser: Browser, strained: Room, path: str) -> None:
    for width in WIDTHS:
        check_page(browser, strained.base, path, width, "ar", dark=False)


@pytest.mark.parametrize("name", PATHS)
def test_no_serious_barrier_for_readers_who_see_little_or_nothing(
    browser: Browser, room: Room, paths: dict[str, str], axe: str, name: str
) -> None:
    for width, language, dark in ((390, "ar", False), (1280, "ar", True), (1280, "en", False)):
        browser.open(room.base + paths[name], width=width, dark=dark, language=language)
        browser.value("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        browser.value(f"{axe};1")
        assert json.loads(browser.promised(AXE)) == [], (language, dark)


@pytest.mark.parametrize("name", PATHS)
def test_a_page_has_landmarks_and_one_heading(
    browser: Browser, room: Room, paths: dict[str, str], name: str
) -> None:
    browser.open(room.base + paths[name], width=1280, language="ar")
    for element in ("body > header", "nav", "main", "body > footer", "h1", "form[role=search]"):
        assert browser.value(f"document.querySelectorAll('{element}').length") >= 1, element
    assert browser.value("document.querySelectorAll('h1').length") == 1


def test_the_keyboard_reaches_the_content_first(browser: Browser, room: Room) -> None:
    browser.open(f"{room.base}/", width=1280, language="en")
    for kind in ("keyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    focused = "document.activeElement"
    assert browser.value(f"{focused}.className") == "skip"
    left, width = browser.value(
        f"(() => {{ const r = {focused}.getBoundingClientRect(); return [r.left, r.width]; }})()"
    )
    assert left >= 0
    assert width > 1


def test_a_search_is_typed_and_sent_without_a_script(browser: Browser, room: Room) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(f"{room.base}/", width=390, language="ar")
        root = browser.call("DOM.getDocument")["root"]["nodeId"]
        field = browser.call("DOM.querySelector", nodeId=root, selector="#q")["nodeId"]
        browser.call("DOM.focus", nodeId=field)
        browser.call("Input.insertText", text="مياه")
        enter = {"key": "Enter", "code": "Enter", "text": "\r", "windowsVirtualKeyCode": 13}
        browser.call("Input.dispatchKeyEvent", type="keyDown", **enter)
        browser.wait_for("Page.loadEventFired")
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.value("document.querySelectorAll('.hits mark').length") > 0


def test_the_policy_stops_a_script_and_a_foreign_picture(browser: Browser, room: Room) -> None:
    browser.open(f"{room.base}/", width=1280, language="en")
    browser.value(
        "const made = document.createElement('script'); made.textContent = 'window.ran = 1'; "
        "document.body.append(made);"
    )
    browser.value("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/x.png'}))")
    browser.value("1")
    assert browser.value("window.ran") is None
    assert sum("Content Security Policy" in complaint for complaint in browser.complaints) >= 2


def test_a_page_can_be_printed(browser: Browser, room: Room, paths: dict[str, str]) -> None:
    browser.open(room.base + paths["article"], width=1280, language="ar")
    browser.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert browser.value("getComputedStyle(document.querySelector('nav')).display") == "none"
        assert browser.value("getComputedStyle(document.querySelector('article.text')).display") == "block"
        printed = browser.call("Page.printToPDF")["data"]
    finally:
        browser.call("Emulation.setEmulatedMedia", media="")
    assert len(printed) > 10_000
