"""The demo archive, crawled once in both editions of the papers, and a room over it."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from crawler.demo.crawls import SPIDERS
from crawler.demo.later import later_outlets, let_an_hour_pass
from crawler.demo.outlet import Outlet
from crawler.demo.outlets import OUTLETS
from crawler.demo.server import serve
from crawler.demo.sites import site_name
from tests.browse.opened import Room, opened
from tests.crawl.running import crawl, scrapy


def crawl_papers(outlets: Iterable[Outlet], archive: Path) -> None:
    """Crawl papers as `scrapy demo` does, two at a time."""
    with serve(outlets) as stand, ThreadPoolExecutor(2) as pool:
        one = partial(
            crawl, archive=archive, connect_to=stand.connect_to(), settings={"SPIDER_MODULES": SPIDERS}
        )
        for result in pool.map(one, map(site_name, stand.outlets)):
            assert result.returncode == 0, result.stderr[-3000:]


@pytest.fixture(scope="session")
def demo_archive(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    archive = tmp_path_factory.mktemp("demo") / "archive"
    crawl_papers(OUTLETS.values(), archive)
    later = later_outlets(datetime.now(UTC))
    let_an_hour_pass(archive / ".spool", later.values())
    crawl_papers(later.values(), archive)
    result = scrapy("stories", str(archive), env={"XDG_CACHE_HOME": str(cache)})
    assert result.returncode == 0, result.stderr
    return archive


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's cache folder: the index of the demo archive is made once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def room(demo_archive: Path, cache: Path) -> Iterator[Room]:
    with opened(demo_archive, cache) as found:
        yield found
