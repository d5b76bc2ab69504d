"""What is known of a page that is read again, and which pages are."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.archive.exchange import Exchange
from crawler.items import Candidate
from crawler.reextract.candidates import candidate_of, site_named
from crawler.reextract.captures import Capture, article_captures
from crawler.site import unknown_site
from tests.wacz.made import exchange, record

RUN = "20260301120000-warraq_example-00000a"
URL = "https://warraq.example/1"
ROW: dict[str, Any] = {
    "url": URL,
    "title": "سوق الورّاقين",
    "published": "2026-02-28T10:00:00+03:00",
    "published_source": "advertised: sitemap",
    "modified": "2026-02-28T11:00:00+03:00",
    "layers": {"published": "advertised", "modified": "jsonld"},
}


def captured(folder: Path, *exchanges: Exchange) -> list[Capture]:
    record(folder, RUN, exchanges)
    [path] = folder.glob("warc/**/*.warc.gz")
    with path.open("rb") as stream:
        return list(article_captures(stream, name=path.name))


def hop(uri: str, via: str, hops: str, **more: Any) -> Exchange:
    return replace(exchange(uri, b"<p>", **more), hop={"via": via, "hops": hops})


def test_pages_that_a_list_led_to_are_read_and_no_others(tmp_path: Path) -> None:
    found = captured(
        tmp_path,
        hop(f"{URL}/robots.txt", "", "P"),
        hop(f"{URL}/feed", "feed", "S"),
        hop(f"{URL}/map.xml", "sitemap", "M"),
        hop(f"{URL}/a", "feed", "L"),
        hop(f"{URL}/moved", f"{URL}/b", "LR"),
        hop(f"{URL}/gone", "feed", "L", status="404 Not Found"),
        hop(f"{URL}/a.css", f"{URL}/a", "LE"),
        hop(f"{URL}/c", "listing", "L"),
    )
    assert [(each.response.uri, each.via) for each in found] == [
        (f"{URL}/a", "feed"),
        (f"{URL}/moved", f"{URL}/b"),
        (f"{URL}/c", "listing"),
    ]


def capture_via(tmp_path: Path, via: str) -> Capture:
    [found] = captured(tmp_path, hop(URL, via, "L"))
    return found


@pytest.mark.parametrize(
    ("via", "before", "candidate"),
    [
        ("feed", None, Candidate(url=URL, via="feed")),
        ("listing", None, None),
        (
            "listing",
            ROW,
            Candidate(
                url=URL,
                via="sitemap",
                title=ROW["title"],
                published=datetime.fromisoformat(ROW["published"]),
            ),
        ),
        (
            "feed",
            ROW | {"layers": {"published": "meta", "modified": "advertised"}},
            Candidate(
                url=URL, via="feed", title=ROW["title"], modified=datetime.fromisoformat(ROW["modified"])
            ),
        ),
        ("https://other/", ROW | {"layers": {}}, Candidate(url=URL, via="archive", title=ROW["title"])),
    ],
)
def test_a_candidate_says_what_the_list_said_and_not_what_the_page_did(
    tmp_path: Path, via: str, before: Mapping[str, Any] | None, candidate: Candidate | None
) -> None:
    assert candidate_of(capture_via(tmp_path, via), before) == candidate


@pytest.mark.parametrize(
    ("name", "url", "domain"),
    [
        ("warraq_example", "https://warraq.example/1", "warraq.example"),
        ("warraq_example", "https://www.ar.warraq.example/1", "warraq.example"),
        ("localhost-8000", "http://localhost:8000/1", "localhost"),
        ("renamed", "https://warraq.example/1", "warraq.example"),
        ("described", "https://anything.example/1", "known.example"),
    ],
)
def test_a_page_is_of_the_site_whose_folder_it_lies_in(name: str, url: str, domain: str) -> None:
    described = {"described": replace(unknown_site("known.example"), name="described")}
    site = site_named(name, url, described)
    assert (site.name, site.domain) == (name, domain)
