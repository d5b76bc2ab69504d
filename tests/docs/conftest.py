"""One demo newspaper, crawled once for the examples of all documents."""

import pytest

from crawler.demo.outlets import OUTLETS
from crawler.demo.server import serve
from tests.crawl.running import crawl
from tests.wacz.conftest import Archived

PAPER = OUTLETS["wadi"]


@pytest.fixture(scope="session")
def documented_archive(tmp_path_factory: pytest.TempPathFactory) -> Archived:
    folder = tmp_path_factory.mktemp("documented") / "archive"
    with serve([PAPER]) as stand:
        result = crawl("news", folder, arguments={"url": PAPER.home}, connect_to=stand.connect_to())
    assert result.returncode == 0, result.stderr[-3000:]
    return Archived(folder)
