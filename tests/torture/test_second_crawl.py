"""A second crawl of a site requests its lists and the pages without an article again, and no other page."""

from pathlib import Path

import pytest

from tests.crawl.archive_reading import articles, leftovers
from tests.crawl.running import crawl, scrapy
from tests.torture.press import printing
from tests.torture.town import Town

PAGES = 110  # the first sitemap has more entries than are read from a list at once
# robots.txt is read for its rules and for its sitemaps.
LISTS = ["/", "/feed/", "/robots.txt", "/robots.txt", "/sitemap-1.xml", "/sitemap-101.xml", "/sitemap.xml"]


# The index of two sitemaps is too short for a revisit, so its request is not conditional.
@pytest.mark.parametrize(("list_validators", "not_modified"), [(True, 3), (False, 0)])
def test_no_article_is_asked_for_again(tmp_path: Path, list_validators: bool, not_modified: int) -> None:  # noqa: FBT001
    with printing(PAGES, list_validators=list_validators) as press:
        first = crawl("news", tmp_path, arguments={"url": press.town.home}, connect_to=[press.connect_to])
        assert first.returncode == 0, first.stderr[-3000:]
        assert sorted(press.asked) == sorted([*LISTS, *_pages(press.town)])
        stored = articles(tmp_path)
        press.forget()
        second = crawl("news", tmp_path, arguments={"url": press.town.home}, connect_to=[press.connect_to])
    assert second.returncode == 0, second.stderr[-3000:]
    assert sorted(press.asked) == sorted([*LISTS, *press.town.without_article])
    assert press.not_modified == not_modified
    assert articles(tmp_path) == stored
    assert len(stored) == press.town.texts
    assert leftovers(tmp_path) == []
    verified = scrapy("verify", str(tmp_path))
    assert verified.returncode == 0, verified.stdout


def _pages(town: Town) -> list[str]:
    """Return every path of the lists, and the targets of their redirects."""
    return [*town.listed, *town.targets]
