"""One index of a site: the lines of the small ones in one order, however many; and what finds them."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from crawler.archive import index_levels, merged_index, sorted_lines
from crawler.archive.cdxj_index import indexes, parse_line, read_index
from crawler.archive.index_levels import to_rewrite
from crawler.archive.merged_index import add_to_merged_index, keep_merged_index, merge_index
from crawler.archive.names import merged_key
from crawler.errors import ArchiveError
from crawler.storage import open_storage
from crawler.urls import ascii_url
from crawler.verify import Options, verify
from crawler.wacz import Addresses
from tests.wacz.made import exchange, record

HOST = "http://paper.example/"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Nine WARC files of three runs, and those of another site."""
    folder = tmp_path / "archive"
    for run in range(3):
        exchanges = [exchange(f"{HOST}{run * 3 + number}", b"x", minutes=number) for number in range(3)]
        record(folder, f"2026030112000{run}-paper-00000{run}", exchanges, max_bytes=1)
    record(folder, "20260301120000-other-abcdef", [exchange("http://other.example/", b"x")])
    return folder


@pytest.mark.parametrize("max_open", [2, 3, 64])
def test_the_lines_of_all_in_one_order(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, max_open: int
) -> None:
    for module in (merged_index, sorted_lines):
        monkeypatch.setattr(module, "MAX_OPEN", max_open)
    storage = open_storage(str(archive))
    keys = indexes(storage, "paper")
    path = merge_index(storage, "paper", tmp_path / "spool")
    assert path == tmp_path / "spool/cdxj/paper.cdxj"
    lines = path.read_text("ascii").splitlines()
    assert len(keys) == 12  # a file each, and one for the closing record of each run
    assert lines == sorted(line.text() for key in keys for line in read_index(storage, key))
    assert len(lines) == 9
    assert [each.name for each in path.parent.iterdir()] == ["paper.cdxj"]
    assert merge_index(storage, "paper", tmp_path / "spool").read_text("ascii").splitlines() == lines


def test_it_is_an_index_of_its_own_to_nobody(archive: Path) -> None:
    storage = open_storage(str(archive))
    before, faults = indexes(storage), verify(str(archive), Options()).faults
    merge_index(storage, "paper", archive)
    assert (archive / "cdxj/paper.cdxj").exists()
    assert indexes(storage) == before
    assert indexes(storage, "paper") == [key for key in before if "/paper/" in key]
    assert verify(str(archive), Options()).faults == faults
    with pytest.raises(ArchiveError, match=r"no site 'paper\.cdxj'"):
        indexes(storage, "paper.cdxj")


@pytest.mark.parametrize("change", ["out of order", "cut off"])
def test_a_broken_index_is_named_and_what_was_there_stays(archive: Path, tmp_path: Path, change: str) -> None:
    storage = open_storage(str(archive))
    record(
        archive,
        "20260301120005-paper-00000e",
        [exchange(HOST + name, b"x", minutes=1) for name in ("a", "b")],
    )
    path = merge_index(storage, "paper", tmp_path)
    before = path.read_bytes()
    [broken] = archive.glob("cdxj/paper/**/*00000e.cdxj")
    lines = broken.read_bytes().splitlines(keepends=True)
    broken.write_bytes(b"".join(lines[::-1]) if change == "out of order" else b"".join(lines)[:-1])
    with pytest.raises(ArchiveError, match=f"{broken.name}.* scrapy verify"):
        merge_index(storage, "paper", tmp_path)
    assert path.read_bytes() == before


def windows_1256(path: str) -> str:
    return quote(path.encode("windows-1256"), safe="/?=&")


ARABIC = "/أخبار/العراق?صفحة=٢".replace("٢", "2")
SAME = {  # as the site served it -> as a reader asks for it
    "http://paper.example" + quote(ARABIC, safe="/?=&"): [
        "http://paper.example" + ARABIC,
        "https://www.paper.example" + quote(ARABIC, safe="/?=&").lower(),
        "http://PAPER.example:80" + ARABIC + "#أعلى",
        "http://paper.example" + windows_1256(ARABIC),
    ],
    "http://paper.example" + windows_1256("/خبر.asp?عنوان=سوق"): [
        "http://paper.example" + windows_1256("/خبر.asp?عنوان=سوق").lower(),
        "https://paper.example" + windows_1256("/خبر.asp?عنوان=سوق"),
    ],
    "http://xn--4gbrim.xn--wgbh1c/%D8%B3%D9%88%D9%82/": [
        "http://موقع.مصر/سوق/",
        "http://xn--4gbrim.xn--wgbh1c/سوق",
        "https://موقع.مصر/%d8%b3%d9%88%d9%82",
        "http://www.موقع.مصر/" + windows_1256("سوق"),
    ],
}


@pytest.mark.parametrize(
    ("served", "asked"), [(each, name) for each, names in SAME.items() for name in names]
)
def test_an_arabic_address_is_found_in_any_spelling(tmp_path: Path, served: str, asked: str) -> None:
    run = "20260301120000-paper-abcdef"
    record(tmp_path, run, [exchange(served, b"x"), exchange(HOST + "other", b"x")])
    path = merge_index(open_storage(str(tmp_path)), "paper", tmp_path / "spool")
    filename = next(tmp_path.glob("warc/**/*.gz")).name
    lines = [parse_line(line, filename) for line in path.read_text("ascii").splitlines()]
    addresses = Addresses([ascii_url(asked)])
    assert [line.url for line in lines if addresses.find(line) is not None] == [served]


def add(archive: Path, run: int) -> list[str]:
    """Record a run of one page; return the keys of its indexes."""
    name = f"20260301120000-paper-{run:06x}"
    record(archive, name, [exchange(f"{HOST}{run}", b"x" * 300)], max_bytes=1)
    return [path.relative_to(archive).as_posix() for path in archive.glob(f"cdxj/paper/**/*-{run:06x}.cdxj")]


def merged_lines(archive: Path) -> list[str]:
    """The lines of all files of the merged index; each file is sorted."""
    listed = json.loads((archive / "cdxj/paper.json").read_text())
    files = [archive / merged_key("paper", number) for number in range(len(listed["sizes"]))]
    assert sorted(files) == sorted(archive.glob("cdxj/*.cdxj"))
    assert [path.stat().st_size for path in files] == listed["sizes"]
    for path in files:
        lines = path.read_text("ascii").splitlines()
        assert lines == sorted(set(lines))
    return sorted(line for path in files for line in path.read_text("ascii").splitlines())


def small_lines(archive: Path) -> list[str]:
    return sorted(
        line for path in archive.glob("cdxj/paper/**/*.cdxj") for line in path.read_text("ascii").splitlines()
    )


@pytest.mark.parametrize("small", [1, 2_000, 1 << 18])
def test_each_run_adds_its_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    monkeypatch.setattr(index_levels, "_SMALL", small)
    archive, spool = tmp_path / "archive", tmp_path / "spool"
    spool.mkdir()
    storage = open_storage(str(archive))
    for run in range(1, 30):
        assert add_to_merged_index(storage, "paper", add(archive, run), spool)
        assert merged_lines(archive) == small_lines(archive)
    assert add_to_merged_index(storage, "paper", [], spool)
    assert merged_lines(archive) == small_lines(archive)
    keep_merged_index(storage, "paper", spool)
    assert merged_lines(archive) == small_lines(archive)
    assert len(list(archive.glob("cdxj/*.cdxj"))) == 1
    assert list(spool.iterdir()) == []
    assert verify(str(archive), Options(unfinished_ok=True)).faults == []


def test_the_one_file_of_version_0_1_is_the_first(tmp_path: Path) -> None:
    archive, spool = tmp_path / "archive", tmp_path / "spool"
    spool.mkdir()
    storage = open_storage(str(archive))
    add(archive, 1)
    merge_index(storage, "paper", archive)
    assert add_to_merged_index(storage, "paper", add(archive, 2), spool)
    assert merged_lines(archive) == small_lines(archive)


def test_many_indexes_without_a_merged_one_are_left_to_compact(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merged_index, "MAX_AT_FIRST", 5)
    storage = open_storage(str(archive))
    assert not add_to_merged_index(storage, "paper", [], tmp_path)
    assert not list(archive.glob("cdxj/paper.*"))
    keep_merged_index(storage, "paper", tmp_path)
    assert merged_lines(archive) == small_lines(archive)


@pytest.mark.parametrize(
    "damage", [b"", b"{}", b'{"format": "warraq-merged-index/1", "sizes": []}', b"[" * 99_999]
)
def test_a_damaged_list_is_named(archive: Path, tmp_path: Path, damage: bytes) -> None:
    storage = open_storage(str(archive))
    keep_merged_index(storage, "paper", tmp_path)
    (archive / "cdxj/paper.json").write_bytes(damage)
    with pytest.raises(ArchiveError, match=r"cdxj/paper\.json is damaged; remove it"):
        add_to_merged_index(storage, "paper", indexes(storage, "paper"), tmp_path)


def test_a_run_writes_about_as_much_as_it_adds() -> None:
    """A hundred thousand runs of 6 kB, without the files: bytes that were written, and files that remain."""
    sizes: list[int] = []
    written, most = 0, 0
    for _ in range(100_000):
        level = to_rewrite(sizes, 6_000)
        sizes = [*sizes[:level], sum(sizes[level:]) + 6_000]
        written += sizes[-1]
        most = max(most, len(sizes))
    assert most < 12
    assert written < 100_000 * 500_000
