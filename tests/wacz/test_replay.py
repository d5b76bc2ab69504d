"""scrapy replay: what pywb shows is what was archived, from a folder and from S3; nothing is left behind."""

import gzip
import hashlib
import os
import signal
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from crawler.errors import WarraqError
from crawler.replay.pywb import find_pywb
from crawler.replay.range_server import serving
from crawler.storage import open_storage
from tests import needs
from tests.crawl.running import PROJECT
from tests.servers.swift import Swift
from tests.wacz.conftest import OUTLET, Archived, environment
from tests.wacz.readers import Running, get, scrapy_replay


@pytest.fixture(scope="module", params=["folder", "s3"])
def replay(request: pytest.FixtureRequest, archived: Archived) -> Iterator[Running]:
    if request.param == "folder":
        with scrapy_replay(str(archived.folder)) as running:
            yield running
        return
    server: Swift = request.getfixturevalue("swift")
    client = request.getfixturevalue("swift_client")
    client.create_bucket(Bucket="replayed")
    archived.copy_to("s3://replayed/papers", server)
    with scrapy_replay("s3://replayed/papers", env=environment(server)) as running:
        yield running


def test_every_address_gives_the_payload_that_was_archived(replay: Running, archived: Archived) -> None:
    digests = defaultdict(set)  # a second can hold two answers to one address
    for timestamp, line in archived.index():
        if not line["url"].startswith("http"):
            continue  # what the run keeps of itself
        digests[timestamp, line["url"]].add((int(line["status"]), line["digest"]))
    assert len(digests) > 15
    for (timestamp, url), expected in digests.items():
        page = replay.browser.get(timestamp, url)
        assert (page.status, f"sha256:{hashlib.sha256(page.body).hexdigest()}") in expected, url


def test_any_spelling_of_an_arabic_address_finds_its_record(replay: Running, archived: Archived) -> None:
    timestamp, line = next(each for each in archived.index() if "%D9" in each[1]["url"])
    upper = line["url"]
    path = upper.partition("://")[2].partition("/")[2]
    raw, lower = unquote(upper), upper.replace(path, path.lower())
    assert len({raw, upper, lower}) == 3
    for spelling in (raw, upper, lower, upper.replace("http:", "https:")):
        page = replay.browser.get(timestamp, spelling)
        assert f"sha256:{hashlib.sha256(page.body).hexdigest()}" == line["digest"], spelling


def test_a_reader_sees_the_page_with_its_links_inside_the_archive(
    replay: Running, archived: Archived
) -> None:
    assert get(replay.example).status == 200
    timestamp, home = next(
        (stamp, line["url"]) for stamp, line in archived.index() if line["url"] == OUTLET.home
    )
    seen = replay.browser.get(timestamp, home, "mp_")
    assert seen.status == 200
    text = gzip.decompress(seen.body) if seen.headers.get("Content-Encoding") == "gzip" else seen.body
    assert f'href="{replay.address}{timestamp}mp_/{home}category/'.encode() in text


def test_what_was_not_archived_is_not_fetched(replay: Running) -> None:
    assert replay.browser.get("20261121000000", "http://barada.example/never-there", "mp_").status == 404


def test_ctrl_c_ends_everything(archived: Archived, tmp_path: Path) -> None:
    with scrapy_replay(str(archived.folder), env={"TMPDIR": str(tmp_path)}) as running:
        pywb = running.pywb()
        [folder] = tmp_path.iterdir()
        assert (folder / "index.cdxj").stat().st_size > 0
        assert "secret" not in (folder / "paths.txt").read_text()
        running.process.send_signal(signal.SIGINT)
        _, stderr = running.process.communicate(timeout=30)
    assert running.process.returncode == 0
    assert "Traceback" not in stderr
    assert not Path(f"/proc/{pywb}").exists()
    assert list(tmp_path.iterdir()) == []


def test_a_pywb_that_dies_ends_the_command_with_a_sentence(archived: Archived) -> None:
    with scrapy_replay(str(archived.folder)) as running:
        os.kill(running.pywb(), signal.SIGKILL)
        _, stderr = running.process.communicate(timeout=30)
    assert running.process.returncode == 1
    assert "pywb has ended by itself" in stderr
    assert "Traceback" not in stderr


def test_pywb_is_looked_for_where_it_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wayback = Path(needs.environment_program("readers", "wayback"))
    assert find_pywb(PROJECT) == wayback
    project, other = tmp_path / "project", tmp_path / "other"
    project.mkdir()
    other.mkdir()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setenv("PATH", str(other))
    namesake = other / "wayback"
    namesake.write_text("#!/bin/sh\necho wayback 0.8.0\n")
    namesake.chmod(0o755)
    with pytest.raises(WarraqError, match="make readers"):
        find_pywb(project)
    monkeypatch.setenv("PATH", f"{other}{os.pathsep}{wayback.parent}")
    assert find_pywb(project) == wayback


def test_ranges_of_files_that_are_served(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"0123456789")
    with serving(open_storage(str(tmp_path)), {"a": 10, "gone": 10}) as origin:
        whole = get(f"{origin}/a")
        assert (whole.status, whole.body) == (200, b"0123456789")
        for asked, body, content_range in (
            ("bytes=2-4", b"234", "bytes 2-4/10"),
            ("bytes=7-", b"789", "bytes 7-9/10"),
            ("bytes=8-99", b"89", "bytes 8-9/10"),
        ):
            part = get(f"{origin}/a", Range=asked)
            assert (part.status, part.body, part.headers["Content-Range"]) == (206, body, content_range)
        for asked in ("bytes=10-", "bytes=5-4", "bytes=-3", "bytes=0-1,3-4", "lines=1-2"):
            assert get(f"{origin}/a", Range=asked).status == 416
        assert get(f"{origin}/b").status == 404
        assert get(f"{origin}/../a").status == 404
        assert get(f"{origin}/gone").status == 502
        assert get(f"{origin.rpartition('/')[0]}/guessed/a").status == 404
