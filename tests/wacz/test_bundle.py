"""scrapy wacz through the door: valid, whole, byte for byte, and what a user can get wrong."""

import gzip
import hashlib
import json
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from crawler.archive.records import WarcReader
from crawler.storage import open_storage
from crawler.wacz import Selection, write_wacz
from tests.crawl.archive_reading import articles
from tests.crawl.running import scrapy
from tests.servers.swift import Swift
from tests.wacz.commanding import run_command
from tests.wacz.conftest import OUTLET, Archived, environment
from tests.wacz.readers import Browser, assert_valid, index_of, reader, wayback


class Wacz:
    """A WACZ taken apart with nothing but a ZIP reader."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with zipfile.ZipFile(path) as bundle:
            assert bundle.testzip() is None
            self.files = {info.filename: bundle.read(info) for info in bundle.infolist()}
            self.stored = {
                info.filename for info in bundle.infolist() if info.compress_type == zipfile.ZIP_STORED
            }
        self.package = json.loads(self.files["datapackage.json"])
        self.lines = gzip.decompress(self.files["indexes/index.cdx.gz"]).decode("ascii").splitlines()
        self.captures = [json.loads(line.split(" ", 2)[2]) for line in self.lines]
        self.header, *self.pages = map(json.loads, self.files["pages/pages.jsonl"].decode().splitlines())

    def member(self, capture: dict[str, Any]) -> bytes:
        start = int(capture["offset"])
        return self.files[f"archive/{capture['filename']}"][start : start + int(capture["length"])]

    def unpack(self, folder: Path) -> list[Path]:
        """Its WARC files on disk."""
        paths = []
        for name, content in self.files.items():
            if name.startswith("archive/"):
                paths.append(folder / name.removeprefix("archive/"))
                paths[-1].write_bytes(content)
        return paths


def original(archived: Archived) -> set[bytes]:
    """The gzip member of each response in the archive."""
    warcs = {path.name: path.read_bytes() for path in archived.warcs}
    return {
        warcs[line["filename"]][int(line["offset"]) :][: int(line["length"])] for _, line in archived.index()
    }


def moments(archived: Archived) -> tuple[str, str]:
    """Two moments that lie inside the crawl, in RFC 3339."""
    stamps = sorted(stamp for stamp, _ in archived.index())
    first, last = (
        f"{s[:4]}-{s[4:6]}-{s[6:8]}T{s[8:10]}:{s[10:12]}:{s[12:]}Z" for s in (stamps[1], stamps[-1])
    )
    assert first < last
    return first, last


def urls_file(archived: Archived, folder: Path) -> Path:
    """Three articles, each in a spelling that no server sent."""
    found = sorted(line["url"] for _, line in archived.index() if "%D9" in line["url"])[:3]
    lower = found[1].partition("/20")[0] + found[1][len(found[1].partition("/20")[0]) :].lower()
    path = folder / "urls.txt"
    spellings = [
        unquote(found[0]),
        lower,
        found[2].replace("http://", "https://www.").rstrip("/") + "?utm_source=x",
    ]
    path.write_text("# the three\n\n" + "\n".join(spellings) + "\n", encoding="utf-8")
    return path


SELECTIONS: dict[str, Callable[[Archived, Path], list[str]]] = {
    "everything": lambda _, __: [],
    "site": lambda _, __: ["--site", "barada_example"],
    "run": lambda archived, _: ["--run", next(archived.folder.glob("runs/*")).name],
    "time": lambda archived, _: ["--until", moments(archived)[1]],
    "urls": lambda archived, folder: ["--urls", str(urls_file(archived, folder))],
}


@pytest.fixture(scope="module", params=SELECTIONS)
def made(
    request: pytest.FixtureRequest, archived: Archived, tmp_path_factory: pytest.TempPathFactory
) -> Wacz:
    folder = tmp_path_factory.mktemp("made")
    target = folder / "made.wacz"
    options = SELECTIONS[request.param](archived, folder)
    result = run_command("wacz", str(archived.folder), "--output", str(target), *options)
    assert result.code == 0, result.said
    assert str(target) in result.said
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".txt") == ["made.wacz"]
    wacz = Wacz(target)
    if request.param == "urls":
        assert len(wacz.pages) == 3 < len(wacz.captures) < len(archived.index())  # with their pictures
    elif request.param == "time":
        assert 1 < len(wacz.captures) < len(archived.index())
    else:
        assert len(wacz.captures) == len(archived.index())
    return wacz


def test_others_find_it_valid(made: Wacz) -> None:
    assert_valid(made.path)
    assert made.package["wacz_version"] == "1.1.1"
    assert made.package["mainPageUrl"] in {page["url"] for page in made.pages}
    digest = hashlib.sha256(made.files["datapackage.json"]).hexdigest()
    assert json.loads(made.files["datapackage-digest.json"])["hash"] == f"sha256:{digest}"
    for resource in made.package["resources"]:
        content = made.files[resource["path"]]
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)
    assert {name for name in made.files if name.endswith(".gz")} <= made.stored


def test_its_files_begin_where_replayweb_page_takes_them_to_begin(made: Wacz) -> None:
    """Right behind name and head, unless the directory has an extra field: then it asks the head."""
    content = made.path.read_bytes()
    with zipfile.ZipFile(made.path) as bundle:
        infos = bundle.infolist()
    for info in infos:
        name, extra = struct.unpack_from("<HH", content, info.header_offset + 26)
        assert name == len(info.filename)
        assert bool(extra) == bool(info.extra), info.filename
        if info.compress_type == zipfile.ZIP_STORED:
            start = info.header_offset + 30 + name + extra
            assert content[start : start + info.file_size] == made.files[info.filename]
    assert [info.filename for info in infos if info.filename.startswith("archive/") and info.extra] == []


def test_the_index_is_what_others_make_of_its_files(made: Wacz, tmp_path: Path) -> None:
    assert made.lines == sorted(made.lines)
    assert made.lines == index_of(made.unpack(tmp_path))


def test_records_are_the_archives_own_bytes(made: Wacz, archived: Archived) -> None:
    records = original(archived)
    for capture in made.captures:
        assert made.member(capture) in records
    assert len({made.member(capture) for capture in made.captures}) == len(made.captures)


def test_each_response_brings_its_request_its_notes_and_a_warcinfo(made: Wacz) -> None:
    for name, content in made.files.items():
        if not name.startswith("archive/"):
            continue
        kinds = []
        responses, companions, infos = set(), [], set()
        for record in WarcReader(BytesIO(content), name=name):
            kinds.append(record.kind)
            headers = record.headers
            if record.kind == "response":
                responses.add(headers["warc-record-id"])
                infos.add(headers["warc-warcinfo-id"])
            elif record.kind == "warcinfo":
                infos.add(headers["warc-record-id"])
            elif not record.uri.startswith("urn:"):
                companions.append((headers["warc-concurrent-to"], record.kind))
        assert kinds[0] == "warcinfo"
        assert kinds.count("warcinfo") == len(infos) == 1
        assert sorted(companions) == sorted((r, kind) for r in responses for kind in ("metadata", "request"))


def test_pages_are_the_articles(made: Wacz, archived: Archived) -> None:
    captured = {(capture["url"], capture["digest"]) for capture in made.captures}
    rows = [row for row in articles(archived.folder) if (row["url"], row["payload_digest"]) in captured]
    by_id = {page["id"]: page for page in made.pages if "text" in page}
    assert made.header["format"] == "json-pages-1.0"
    assert rows
    assert by_id.keys() == {row["id"] for row in rows}
    stamps = {
        (capture["url"], line.split(" ")[1]) for line, capture in zip(made.lines, made.captures, strict=True)
    }
    for row in rows:
        page = by_id[row["id"]]
        assert (page["url"], page["title"], page["text"]) == (row["url"], row["title"], row["text"])
        assert (page["url"], "".join(letter for letter in page["ts"][:19] if letter.isdigit())) in stamps
    others = [page["url"] for page in made.pages if "text" not in page]
    assert others in ([], [OUTLET.home])


def test_pywb_shows_it(archived: Archived, tmp_path: Path) -> None:
    target = tmp_path / "a.wacz"
    result = scrapy("wacz", str(archived.folder), "--output", str(target))
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert reader("wb-manager", "init", "news", cwd=tmp_path).returncode == 0
    added = reader("wb-manager", "add", "--unpack-wacz", "news", str(target), cwd=tmp_path)
    assert added.returncode == 0, added.stderr
    with wayback(tmp_path) as address:
        browser = Browser(f"{address}news/")
        for page in Wacz(target).pages:
            stamp = "".join(letter for letter in page["ts"][:19] if letter.isdigit())
            seen = browser.get(stamp, page["url"])
            body = gzip.decompress(seen.body) if seen.headers.get("Content-Encoding") == "gzip" else seen.body
            assert seen.status == 200
            assert page["title"].encode() in body or "text" not in page


def test_from_s3_the_same(archived: Archived, swift: Swift, bucket: str, tmp_path: Path) -> None:
    archived.copy_to(f"s3://{bucket}/papers", swift)
    options = ["--until", moments(archived)[1]]
    ours, theirs = tmp_path / "folder.wacz", tmp_path / "s3.wacz"
    assert run_command("wacz", str(archived.folder), "--output", str(ours), *options).code == 0
    result = scrapy(
        "wacz", f"s3://{bucket}/papers", "--output", str(theirs), *options, env=environment(swift)
    )
    assert result.returncode == 0, result.stderr
    assert swift.secret_key.encode() not in theirs.read_bytes()
    expected, seen = Wacz(ours).files, Wacz(theirs).files
    for name in expected.keys() - {"datapackage.json", "datapackage-digest.json"}:
        assert seen[name] == expected[name], name
    assert_valid(theirs)


class Pipe(RawIOBase):
    """Takes bytes and cannot go back, like an upload."""

    def __init__(self) -> None:
        self.taken = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.taken += data
        return len(data)


def test_a_sink_need_not_seek(archived: Archived, tmp_path: Path) -> None:
    pipe = Pipe()
    write_wacz(pipe, open_storage(str(archived.folder)), Selection(), software="test")  # type: ignore[arg-type]
    target = tmp_path / "piped.wacz"
    target.write_bytes(pipe.taken)
    assert_valid(target)


def test_addresses_that_are_not_there_are_named(archived: Archived, tmp_path: Path) -> None:
    urls = tmp_path / "urls"
    urls.write_text("http://barada.example/never\nhttp://barada.example/\n")
    target = tmp_path / "a.wacz"
    result = run_command("wacz", str(archived.folder), "--output", str(target), "--urls", str(urls))
    assert result.code == 1
    assert "http://barada.example/never" in result.said
    assert [capture["url"] for capture in Wacz(target).captures] == [OUTLET.home]
