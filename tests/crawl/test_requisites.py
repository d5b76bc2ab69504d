"""Pictures, styles and fonts of articles: fetched once, kept, bounded, and never taken for pages."""

import gzip
import hashlib
import os
import signal
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.crawl.archive_reading import answers, articles, leftovers, record_types, run_stats, warcs
from tests.crawl.running import MAX_SECONDS, PROJECT, UNHURRIED, crawl, news_command, scrapy
from tests.servers.paper import Answer, Paper, front_page, open_paper, path_of, rss, story

STORIES = (1, 2, 3)
FONT, STYLE = "font/woff2", "text/css"


def picture(number: int, size: int = 2_000) -> Answer:
    """Bytes of its own, as a server calls a picture."""
    return Answer(hashlib.shake_128(bytes([number])).digest(size), content_type="image/png")


def illustrated(number: int, *, head: str = "", foot: str = "", source: str | None = None) -> Answer:
    """An article that shows a picture."""
    body = str(story(number).body)
    shown = f'<figure><img src="{source or f"/i/{number}.png"}" width="600" height="400"></figure></article>'
    return Answer(body.replace("</head>", f"{head}</head>").replace("</article>", shown + foot))


def paper(more: Mapping[str, Answer] | None = None, stories: tuple[int, ...] = STORIES) -> dict[str, Answer]:
    table = {"/": front_page("/feed/"), "/feed/": rss(*map(path_of, stories))}
    table |= {path_of(number): illustrated(number) for number in stories}
    table |= {f"/i/{number}.png": picture(number) for number in stories}
    return {**table, **(more or {})}


def run(paper: Paper, archive: Path, *, limit: int | None = None, **settings: str) -> dict[str, Any]:
    """A crawl that ends well; the counters of the youngest run."""
    arguments = {"url": paper.home} | ({"limit": str(limit)} if limit else {})
    result = crawl("news", archive, arguments=arguments, settings={"RUN_REPORT": "False", **settings})
    assert result.returncode == 0, result.stderr[-3000:]
    assert "Traceback" not in result.stderr
    counters: dict[str, Any] = run_stats(archive)[-1]["counters"]
    return counters


def rows(archive: Path) -> dict[str, tuple[str, str | None]]:
    """State and reason of each requisite in the ledger, by path."""
    [path] = (archive / ".spool/ledger").glob("*.sqlite")
    database = sqlite3.connect(path)
    try:
        found = database.execute("SELECT url, state, reason FROM requisites").fetchall()
    finally:
        database.close()
    return {"/" + url.split("/", 3)[3]: (state, reason) for url, state, reason in found}


def asked(paper: Paper) -> Counter[str]:
    return Counter(paper.paths())


def hops(archive: Path) -> dict[str, tuple[str, str]]:
    """How each address was found, out of the metadata records: hops and via."""
    found = {}
    for warc in warcs(archive):
        with warc.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "metadata":
                    lines = record.content_stream().read().decode().splitlines()
                    fields = dict(line.split(": ", 1) for line in lines)
                    uri = record.rec_headers.get_header("WARC-Target-URI")
                    found[uri] = fields.get("hopsFromSeed", ""), fields.get("via", "")
    return found


def verify(archive: Path) -> None:
    result = scrapy("verify", str(archive))
    assert result.returncode == 0, result.stdout + result.stderr


def test_pictures_of_articles_come_once_and_furniture_does_not(tmp_path: Path) -> None:
    head = '<link rel="stylesheet" href="/s.css"><meta property="og:image" content="/i/lead.png">'
    more = {
        path_of(1): illustrated(1, head=head, foot='<img src="/furniture.png">'),
        "/i/lead.png": picture(9),
    }
    with open_paper(paper(more)) as site:
        counters = run(site, tmp_path)
        first = asked(site)
        again = run(site, tmp_path)
        assert asked(site)["/i/1.png"] == 1
    assert {path: n for path, n in first.items() if path.startswith(("/i/", "/s.", "/furn"))} == {
        "/i/1.png": 1, "/i/2.png": 1, "/i/3.png": 1, "/i/lead.png": 1,
    }  # fmt: skip
    assert counters["requisites/fetched"] == 4
    assert counters["pages/fetched"] == 3
    assert "requisites/fetched" not in again
    assert len(articles(tmp_path)) == 3
    found = hops(tmp_path)
    page = site.home.rstrip("/") + path_of(2)
    assert found[f"{site.home}i/2.png"] == ("LE", page)
    assert set(rows(tmp_path).values()) == {("fetched", None)}
    verify(tmp_path)


def test_pictures_come_after_pages(tmp_path: Path) -> None:
    many = tuple(range(1, 31))
    with open_paper(paper(stories=many)) as site:
        run(site, tmp_path)
        paths = site.paths()
    pages = [index for index, path in enumerate(paths) if path.startswith("/2026/")]
    pictures = [index for index, path in enumerate(paths) if path.startswith("/i/")]
    assert len(pages) == len(pictures) == 30
    assert sum(picture > pages[-1] for picture in pictures) >= 25  # a page may be under way when one is asked


def test_none_fetches_and_remembers_nothing(tmp_path: Path) -> None:
    with open_paper(paper()) as site:
        counters = run(site, tmp_path, REQUISITES="none")
        assert not any(path.startswith("/i/") for path in site.paths())
    assert not any(name.startswith("requisites/") for name in counters)
    assert rows(tmp_path) == {}


def test_a_limited_run_fetches_what_its_articles_show(tmp_path: Path) -> None:
    with open_paper(paper()) as site:
        run(site, tmp_path, limit=2)
        counts = asked(site)
    stored = [row["url"].removeprefix(site.home[:-1]) for row in articles(tmp_path)]
    assert len(stored) == 2
    expected = {f"/i/{number}.png" for number in STORIES if path_of(number) in stored}
    assert {path for path in counts if path.startswith("/i/")} == expected


def test_all_takes_what_a_browser_needs_and_no_scripts(tmp_path: Path) -> None:
    head = (
        '<link rel="stylesheet" href="/s/a.css"><script src="/s/never.js"></script>'
        '<link rel="icon" href="/icon.png"><style>h1{background:url(/i/h1.png)}</style>'
    )
    foot = (
        '<iframe src="/frame"></iframe><img src="/i/small.png" srcset="/i/mid.png 2x">'
        '<video poster="/i/still.png" src="/v.mp4"></video>'
    )
    more = {
        path_of(1): illustrated(1, head=head, foot=foot),
        path_of(2): illustrated(2, head=head),
        "/s/a.css": Answer("@import 'b.css'; body{background:url(bg.png)}", content_type=STYLE),
        "/s/b.css": Answer("@import 'c.css';", content_type=f"{STYLE}; charset=utf-8"),
        "/s/c.css": Answer("@import 'd.css'; @font-face{src:url(f.woff2)}", content_type=STYLE),
        "/s/d.css": Answer("@import 'e.css';", content_type=STYLE),
        "/s/e.css": Answer("", content_type=STYLE),
        "/s/f.woff2": Answer(b"font" * 99, content_type=FONT),
        "/s/bg.png": picture(20),
        **{
            f"/i/{name}.png": picture(30 + place)
            for place, name in enumerate(("h1", "small", "mid", "still"))
        },
        "/icon.png": picture(40),
    }
    with open_paper(paper(more)) as site:
        run(site, tmp_path, REQUISITES="all")
        counts = asked(site)
    wanted = {
        "/s/a.css", "/s/b.css", "/s/c.css", "/s/d.css", "/s/f.woff2", "/s/bg.png", "/icon.png",
        "/favicon.ico", "/i/h1.png", "/i/small.png", "/i/mid.png", "/i/still.png",
        "/i/1.png", "/i/2.png", "/i/3.png",
    }  # fmt: skip
    assert {path: counts[path] for path in wanted} == dict.fromkeys(wanted, 1)
    assert not {"/s/never.js", "/s/e.css", "/frame", "/v.mp4"} & set(counts)
    assert hops(tmp_path)[f"{site.home}s/f.woff2"] == ("LEEEE", f"{site.home}s/c.css")
    assert rows(tmp_path)["/favicon.ico"] == ("refused", "http-404")
    verify(tmp_path)


def test_a_picture_at_two_addresses_is_kept_once(tmp_path: Path) -> None:
    with open_paper(paper({"/i/2.png": picture(1)})) as site:
        run(site, tmp_path)
    assert sum(record_types(warc).count("revisit") for warc in warcs(tmp_path)) == 1
    verify(tmp_path)


def test_other_hosts_are_asked_for_their_rules(tmp_path: Path) -> None:
    rules = Answer("User-agent: *\nDisallow: /private/", content_type="text/plain")
    shut = Answer("", 503)
    with (
        open_paper({"/robots.txt": rules, "/open/1.png": picture(1), "/private/2.png": picture(2)}) as cdn,
        open_paper({"/robots.txt": shut, "/3.png": picture(3)}) as dead,
        open_paper(
            paper(
                {
                    path_of(1): illustrated(1, source=f"{cdn.home}open/1.png"),
                    path_of(2): illustrated(2, source=f"{cdn.home}private/2.png"),
                    path_of(3): illustrated(3, source=f"{dead.home}3.png"),
                }
            )
        ) as site,
    ):
        counters = run(site, tmp_path, RETRY_TIMES="0")
        assert asked(cdn) == {"/robots.txt": 1, "/open/1.png": 1}
        assert set(asked(dead)) == {"/robots.txt"}
    assert counters["requisites/fetched"] == 1
    assert rows(tmp_path) == {
        "/open/1.png": ("fetched", None),
        "/private/2.png": ("refused", "robots"),
        "/3.png": ("new", "robots-unreachable"),
    }


def test_what_is_missing_too_large_or_elsewhere_is_no_failure(tmp_path: Path) -> None:
    more = {
        path_of(1): illustrated(1, source="/i/gone.png"),
        "/i/2.png": picture(2, 50_000),
        "/i/3.png": Answer("", 302, headers={"Location": "/i/moved.png"}),
        "/i/moved.png": picture(3),
    }
    with open_paper(paper(more)) as site:
        counters = run(site, tmp_path, REQUISITE_MAX_BYTES="10000")
    assert rows(tmp_path) == {
        "/i/gone.png": ("refused", "http-404"),
        "/i/2.png": ("refused", "too-large"),
        "/i/3.png": ("fetched", None),
    }
    assert hops(tmp_path)[f"{site.home}i/moved.png"] == ("LER", f"{site.home}i/3.png")
    assert counters["requisites/failed/too-large"] == 1
    assert run_stats(tmp_path)[-1]["failed"] == {}
    verify(tmp_path)


def test_a_page_of_a_thousand_pictures_on_a_hundred_hosts_is_bounded(tmp_path: Path) -> None:
    foot = "".join(f'<img src="http://127.0.0.1:{port}/{port}.png">' for port in range(1, 100))
    foot += "".join(f'<img src="/many/{number}.png">' for number in range(1_000))
    with open_paper(paper({path_of(1): illustrated(1, foot=foot)})) as site:
        counters = run(
            site,
            tmp_path,
            REQUISITES="all",
            REQUISITES_PER_PAGE="60",
            REQUISITES_HOSTS_MAX="3",
            RETRY_TIMES="0",
        )
    found = rows(tmp_path)
    assert len(found) <= 60 + 2
    assert counters["requisites/failed/too-many-hosts"] > 40
    states = Counter(found.values())
    assert states["new", "too-many-hosts"] == counters["requisites/failed/too-many-hosts"]


def test_time_is_bounded_and_the_next_run_has_the_rest(tmp_path: Path) -> None:
    with open_paper(paper()) as site:
        run(site, tmp_path, REQUISITES_SECONDS_MAX="0")
        assert not any(path.startswith("/i/") for path in site.paths())
        assert set(rows(tmp_path).values()) == {("new", None)}
        run(site, tmp_path)
        assert [asked(site)[f"/i/{number}.png"] for number in STORIES] == [1, 1, 1]


def test_a_host_that_fails_is_left_alone(tmp_path: Path) -> None:
    many = tuple(range(1, 13))
    table = paper({f"/i/{number}.png": Answer("", 503) for number in many}, stories=many)
    with open_paper(table) as site:
        counters = run(site, tmp_path, RETRY_TIMES="0", CONCURRENT_REQUESTS_PER_DOMAIN="1")
        pictures = sum(path.startswith("/i/") for path in asked(site))
        assert pictures <= 5 + 4  # those under way when the fifth failed
        assert counters["requisites/failed/http-503"] >= 5
        assert counters["requisites/failed/host-fails"] >= 12 - pictures
        for number in many:
            table[f"/i/{number}.png"] = picture(number)
        again = run(site, tmp_path)
    assert again["requisites/fetched"] == 12


@pytest.mark.parametrize(
    ("name", "value"),
    [("REQUISITES", "some"), ("REQUISITES_PER_PAGE", "0"), ("REQUISITE_MAX_BYTES", "x")],
)
def test_a_wrong_setting_is_told(tmp_path: Path, name: str, value: str) -> None:
    result = crawl("news", tmp_path, arguments={"url": "http://127.0.0.1:9/"}, settings={name: value})
    assert result.returncode == 2
    assert f"{name}='{value}' must be" in result.stderr


class Watched(dict[str, Answer]):
    """A paper's answers, and something to do when one of them is asked for."""

    def __init__(self, table: Mapping[str, Answer], path: str, deed: Callable[[], None]) -> None:
        super().__init__(table)
        self.path, self._deed = path, deed

    def get(self, path: str, default: Answer | None = None) -> Answer | None:  # type: ignore[override]
        if path == self.path:
            self._deed()
        return super().get(path, default)


@contextmanager
def paper_after_a_kill(table: Mapping[str, Answer], path: str, archive: Path) -> Iterator[Paper]:
    """A paper whose first visitor was killed, with SIGKILL, when it asked for that path."""
    started: list[subprocess.Popen[bytes]] = []
    watched = Watched(table, path, lambda: os.killpg(started[0].pid, signal.SIGKILL))
    with open_paper(watched) as site:
        settings = {**UNHURRIED, "ARCHIVE": str(archive), "REQUISITES": "all", "CONCURRENT_REQUESTS": "1"}
        command = [*news_command(site.home, settings), "--nolog"]
        started.append(
            subprocess.Popen(command, cwd=PROJECT, start_new_session=True, stderr=subprocess.DEVNULL)
        )
        assert started[0].wait(timeout=MAX_SECONDS) == -signal.SIGKILL
        watched.path = ""
        yield site


@pytest.mark.parametrize("path", [path_of(5), "/i/5.png", "/s.css"])
def test_after_a_kill_every_requisite_is_in_the_archive_once(tmp_path: Path, path: str) -> None:
    many = tuple(range(1, 9))
    head = '<link rel="stylesheet" href="/s.css"><link rel="icon" href="/i/icon.png">'
    more = {path_of(number): illustrated(number, head=head) for number in many}
    more |= {"/s.css": Answer("a{background:url(/i/a.png)}", content_type=STYLE)}
    more |= {"/i/a.png": picture(50), "/i/icon.png": picture(51, 40)}
    with paper_after_a_kill(paper(more, stories=many), path, tmp_path) as site:
        run(site, tmp_path, REQUISITES="all")
    assert leftovers(tmp_path) == []
    archived: Counter[str] = Counter()
    for warc in warcs(tmp_path):
        archived.update(
            urlsplit(answer.url).path for answer in answers(warc, revisits=True) if answer.status == 200
        )
    pictures = {f"/i/{name}.png" for name in (*many, "a", "icon")}
    assert {path: archived[path] for path in pictures} == dict.fromkeys(pictures, 1)
    assert archived["/s.css"] in {1, 2}  # read again where the ledger does not know yet what it needs
    assert {state for state, _ in rows(tmp_path).values()} == {"fetched"}
    verify(tmp_path)


def test_gzipped_styles_are_read(tmp_path: Path) -> None:
    style = gzip.compress(b"a{background:url(/i/a.png)}")
    more = {
        path_of(1): illustrated(1, head='<link rel="stylesheet" href="/s.css">'),
        "/s.css": Answer(style, content_type=STYLE, headers={"Content-Encoding": "gzip"}),
        "/i/a.png": picture(7),
    }
    with open_paper(paper(more)) as site:
        run(site, tmp_path, REQUISITES="all")
    assert rows(tmp_path)["/i/a.png"] == ("fetched", None)
