"""The pages in a real browser, on a phone and on a desk."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.report.making import run_report
from crawler.report.overview import overview
from crawler.report.overview_page import overview_page
from crawler.storage.folder import FolderStorage
from tests.browser import Browser, open_browser
from tests.report.booklet import crowded

WIDTHS = (390, 1280)
LONG_ADDRESS = f"s3://{'bucket' * 8}/{'prefix_' * 8}"
PAGES = ("run", "archive")
# elements that stick out of the window, but for those inside pictures
OVERFLOWING = """
[...document.querySelectorAll('body *:not(svg *)')]
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, r]) => r.width > 0 && (r.right > innerWidth + 1 || r.left < -1))
  .map(([e, r]) => e.outerHTML.slice(0, 200))
"""
# boxes that hold more than they have room for
STUFFED = """
[...document.querySelectorAll('body *:not(svg, svg *)')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
  .map(e => e.outerHTML.slice(0, 200))
"""
SMALL = """
[...document.querySelectorAll('svg.chart text')]
  .filter(e => e.getBoundingClientRect().height < 8).map(e => e.textContent)
"""
# labels of one axis that lie on each other
CROWDED = """
[...document.querySelectorAll('svg.chart')].flatMap(svg => {
  const boxes = [...svg.querySelectorAll('text')].map(e => [e.textContent, e.getBoundingClientRect()]);
  return boxes.flatMap(([a, r], i) => boxes.slice(i + 1).filter(([b, s]) =>
    r.left < s.right - 1 && s.left < r.right - 1 && r.top < s.bottom - 2 && s.top < r.bottom - 2)
    .map(([b, s]) => svg.querySelector('title').textContent + ': ' + a + ' / ' + b));
})
"""
CONTRAST = """
(() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => (v /= 255) <= 0.04045 ?
    v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const of = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const card = light(getComputedStyle(document.querySelector('section')).backgroundColor);
  const texts = ['h1', 'p', 'a', '.ar', '.mean', 'dd', '.good', '.bad'].map(s => document.querySelector(s))
    .filter(e => e).map(e => of(light(getComputedStyle(e).color), card));
  const first = light(getComputedStyle(document.querySelector('.fill-first')).fill);
  return [Math.min(...texts), of(first, card)];
})()
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    last = crowded(folder / "archive")
    storage = FolderStorage(folder / "archive")
    made = {
        "run": run_report(storage, last, site=None),
        "archive": overview_page(replace(overview(storage, ()), address=LONG_ADDRESS), "today"),
    }
    for name, content in made.items():
        (folder / f"{name}.html").write_bytes(content)
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", PAGES)
def test_everything_fits_and_nothing_is_complained_of(
    browser: Browser, pages: dict[str, Path], page: str, width: int
) -> None:
    browser.open(pages[page], width=width)
    assert browser.value("document.documentElement.scrollWidth") <= width
    browser.value("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert browser.value(OVERFLOWING) == []
    assert browser.value(STUFFED) == []
    assert browser.complaints == []
    assert browser.requests == [pages[page].as_uri()]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", PAGES)
def test_labels_of_pictures_can_be_read(
    browser: Browser, pages: dict[str, Path], page: str, width: int
) -> None:
    browser.open(pages[page], width=width)
    assert browser.value("document.querySelectorAll('svg.chart text').length") > 4
    assert browser.value(SMALL) == []
    assert browser.value(CROWDED) == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("page", PAGES)
def test_letters_stand_out_by_day_and_by_night(
    browser: Browser, pages: dict[str, Path], page: str, *, dark: bool
) -> None:
    browser.open(pages[page], width=390, dark=dark)
    letters, columns = browser.value(CONTRAST)
    assert letters >= 4.5
    assert columns >= 3


def test_headlines_run_from_right_to_left(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["run"], width=1280)
    first = "document.querySelector('.headlines a bdi')"
    assert browser.value(f"getComputedStyle({first}).direction") == "rtl"
    left, right = browser.value(
        f"(() => {{ const r = {first}.getBoundingClientRect(); return [r.left, innerWidth - r.right]; }})()"
    )
    assert right < left


def test_the_style_is_allowed_and_nothing_else(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["run"], width=390)
    assert browser.value("getComputedStyle(document.body).marginTop") == "0px"
    browser.value("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/x.png'}))")
    browser.value("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
    browser.value("1")
    assert any("Content Security Policy" in complaint for complaint in browser.complaints)
    assert browser.value("getComputedStyle(document.querySelector('body > p')).color") != "rgb(255, 0, 0)"
