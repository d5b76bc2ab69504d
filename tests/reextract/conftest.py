"""Two newspapers crawled once; each test reads a copy of what that left."""

import shutil
from pathlib import Path

import pytest

from crawler.demo.outlets import OUTLETS
from crawler.demo.server import serve
from tests.crawl.running import crawl

PAPERS = ("zaytoun", "wadi")  # hard forms of pages; lists, a gallery, an empty page


@pytest.fixture(scope="session")
def _crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("reextraction") / "archive"
    for name in PAPERS:
        with serve([OUTLETS[name]]) as stand:
            result = crawl("news", root, arguments={"url": OUTLETS[name].home}, connect_to=stand.connect_to())
        assert result.returncode == 0, result.stderr[-3000:]
    return root


@pytest.fixture
def archive(_crawled: Path, tmp_path: Path) -> Path:
    return shutil.copytree(_crawled, tmp_path / "archive")
