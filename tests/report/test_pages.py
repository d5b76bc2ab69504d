"""The content of the pages of a report, and that markup written by sites never reaches them."""

import base64
import hashlib
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.health import RunRecord
from crawler.report.gather import Outlet, RunReport
from crawler.report.making import run_report
from crawler.report.overview import overview
from crawler.report.overview_page import overview_page
from crawler.report.page import clean_text, document, foreign_text, link, node
from crawler.report.run_page import run_page
from crawler.report.stories import COLUMNS, Stories
from crawler.report.traffic import Traffic
from crawler.report.words import CHECKS, FIELDS, REASONS, WORDS
from crawler.storage.folder import FolderStorage
from tests.report.building import Run, article, build, daily
from tests.report.reading import Seen, seen

HOSTILE = (
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!--",
    "]]>",
    "&lt;b&gt; &#0;",
    "\u202eمقلوب\u2066 \x00\x07\x1b[31m",
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "$\\frac{1}{0}$",
    "أ" * 10_000,
)
ADDRESSES = (
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/",
    "file:///etc/passwd",
    "https://[",
    "https:///nowhere",
    "https://a.example/\u202egnp.exe",
    "HTTPS://a.example/\n",
    "",
)


def is_harmless(page: bytes) -> Seen:
    """No scripts, nothing that is loaded, links only into the web; ids are there once."""
    read = seen(page)
    assert not {"script", "img", "iframe", "object", "embed", "link", "base", "form"} & {
        tag for tag, _ in read.tags
    }
    for tag, attributes in read.tags:
        assert not [name for name in attributes if name.startswith("on") or name in {"style", "src"}], tag
        if tag == "a":
            assert re.match(r"https?://", attributes["href"] or "")
            assert "noopener" in (attributes["rel"] or "")
        elif "href" in attributes:
            assert (attributes["href"] or "").startswith("#")
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    return read


def row(**given_: object) -> dict[str, object]:
    return {**dict.fromkeys(COLUMNS), "section": [], "authors": [], **given_}


def report(stories: Stories, **record: object) -> RunReport:
    run = RunRecord.of({"reason": "finished", "articles": stories.total, **record}, "20260510120000-x-abcdef")
    return RunReport(
        outlet=Outlet(name="x", arabic=stories.outlet or "x", english="x"),
        record=run,
        before=(),
        verdicts=(),
        traffic=Traffic(),
        stories=stories,
        warc_bytes=0,
        unread=(),
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    daily(folder, 6)
    return folder


@pytest.fixture(scope="module")
def page(archive: Path) -> bytes:
    last = max(path.name for path in (archive / "runs").iterdir())
    return run_report(FolderStorage(archive), last, site=None)


def test_a_page_needs_nothing_but_itself(page: bytes) -> None:
    read = is_harmless(page)
    [policy] = [
        meta["content"] for meta in read.named("meta") if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    style = page.decode().partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style
    assert "@import" not in style


def test_a_run_is_told_in_its_parts(page: bytes) -> None:
    read = is_harmless(page)
    parts = {attributes.get("id") for attributes in read.named("section")}
    assert {"health", "sections", "statuses", "failed", "coverage", "headlines"} <= parts
    pictures = [attributes for attributes in read.named("svg") if attributes.get("role") == "img"]
    assert len(pictures) == 5
    for word in (
        "The run is healthy",
        "الجولة سليمة",
        "صحيفة بردى",
        "محليات",
        "robots.txt",
        "the page is not there",
    ):
        assert word in read.text
    assert "warc/barada/2026/05/WARRAQ-barada-20260506060000-00000-000005.warc.gz @" in read.text
    assert "https://barada.example/83" in [attributes["href"] for attributes in read.named("a")]


def test_arabic_is_marked_as_arabic(page: bytes) -> None:
    read = is_harmless(page)
    assert {attributes.get("dir") for attributes in read.named("ol")} == {"rtl"}
    for attributes in read.named("span"):
        if attributes.get("lang") == "ar":
            assert attributes["dir"] == "rtl"
    assert all(attributes.get("dir") in {"auto", "ltr"} for attributes in read.named("bdi"))


def test_pictures_speak_to_those_who_do_not_see_them(page: bytes) -> None:
    read = is_harmless(page)
    ids = {attributes.get("id") for _, attributes in read.tags}
    for attributes in read.named("svg"):
        if attributes.get("class") == "chart":
            assert set((attributes["aria-labelledby"] or "").split()) <= ids
    assert "26 responses (pages, lists, robots.txt) and 24 articles" in read.text


def test_the_same_run_gives_the_same_page(archive: Path, page: bytes) -> None:
    last = max(path.name for path in (archive / "runs").iterdir())
    assert run_report(FolderStorage(archive), last, site=None) == page


@pytest.mark.parametrize("text", HOSTILE)
def test_what_sites_wrote_is_only_ever_text(text: str) -> None:
    stories = Stories()
    stories.add(
        row(title=text, url="https://a.example/", section=[text], outlet=text, published="2026-05-01")
    )
    made = report(stories, dropped={text: 3}, failed={text: 1}, reason=text)
    read = is_harmless(run_page(made))
    assert read.text.count(clean_text(text, 60).replace("…", "").strip()[:20]) >= 3


@pytest.mark.parametrize("url", ADDRESSES)
def test_only_addresses_of_the_web_are_links(url: str) -> None:
    assert "<a" not in document("t", node("p", link(url, "عنوان"))).decode()


@given(
    title=st.text(max_size=60),
    url=st.text(max_size=60) | st.sampled_from(ADDRESSES),
    published=st.none() | st.text(max_size=30) | st.datetimes().map(datetime.isoformat),
    section=st.lists(st.text(max_size=30), max_size=2),
    counts=st.dictionaries(st.text(max_size=20), st.integers(1, 10**12), max_size=4),
)
def test_no_story_can_break_a_page(
    title: str, url: str, published: str | None, section: list[str], counts: dict[str, int]
) -> None:
    stories = Stories()
    stories.add(
        row(title=title, url=url, published=published, section=section, outlet=title, fetched_at=title)
    )
    is_harmless(run_page(report(stories, dropped=counts, failed_lists=counts, refused=counts)))


def test_a_run_without_anything_has_a_page() -> None:
    read = is_harmless(run_page(report(Stories(), reason="", lists=0)))
    assert "nothing could be found" in read.text
    assert "الجولة بحاجة إلى مراجعة" in read.text


def test_long_spans_are_shown_by_months_and_impossible_days_not_at_all() -> None:
    stories = Stories()
    for published in ("2020-01-05", "2026-05-01", "0001-01-01", "9999-12-31", "2026-13-99"):
        stories.add(row(title="خبر", url="https://a.example/", published=f"{published}T00:00:00+00:00"))
    text = is_harmless(run_page(report(stories))).text
    assert "2 articles from 2020-01-05 to 2026-05-01; at most 1 in one month." in text


def test_the_newest_headlines_are_kept_of_many() -> None:
    stories = Stories()
    first = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(1_000):
        moment = first + timedelta(minutes=number * 7 % 1_000)
        stories.add(row(title=str(number), url="https://a.example/", published=moment.isoformat()))
    days = [headline.published for headline in stories.headlines]
    assert days == sorted(days, reverse=True)  # type: ignore[type-var]
    assert days[0] == (first + timedelta(minutes=999)).isoformat()


def test_an_archive_is_told_by_site_and_country(archive: Path) -> None:
    run = Run(site="wadi", suffix="aaaaaa")
    run.articles = [article(n, run, country="EG", outlet="صدى الوادي", published=None) for n in range(3)]
    build(archive, run)
    read = is_harmless(overview_page(overview(FolderStorage(archive), ()), "today"))
    for word in ("صدى الوادي", "صحيفة بردى", "EG", "SY", "Without a certain date", "Longest gaps"):
        assert word in read.text


@pytest.mark.parametrize("text", HOSTILE)
def test_names_in_an_archive_are_only_ever_text(tmp_path: Path, text: str) -> None:
    run = Run()
    run.articles = [article(1, run, outlet=text, country=text, agency=text)]
    run.stats = {"reason": text}
    build(tmp_path, run)
    is_harmless(overview_page(overview(FolderStorage(tmp_path), ()), "today"))


def test_every_word_is_there_in_both_languages() -> None:
    arabic = re.compile("[\u0620-\u064a]")
    latin = re.compile("[A-Za-z]{2}")
    pairs = [pair for part in (WORDS, REASONS, CHECKS, FIELDS) for pair in part.values()]
    assert [pair for pair in pairs if not latin.search(pair[0]) or arabic.search(pair[0])] == []
    assert [pair for pair in pairs if not arabic.search(pair[1])] == []


@pytest.mark.parametrize("text", ["", " \n\t ", "سطر\nأول", "a" * 500])
def test_a_text_from_outside_is_one_line_of_bounded_length(text: str) -> None:
    plain = clean_text(text)
    assert len(plain) <= 400
    assert "\n" not in plain
    assert foreign_text(text).text == (plain or None) or foreign_text(text).text == plain


def test_counts_are_added_up_by_name() -> None:
    stories = Stories()
    for section in ("محليات", "رياضة", "محليات"):
        stories.add(row(title="خبر", url="https://a.example/", section=[section]))
    assert stories.sections == Counter({"محليات": 2, "رياضة": 1})
    assert stories.undated == 3
