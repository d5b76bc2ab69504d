"""The sites that the project describes, one for each spider with a `Site`."""

from collections.abc import Iterator

from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


def described_sites(settings: BaseSettings) -> Iterator[Site]:
    """Yield the `Site` of every spider that has one, sorted by the spider's name."""
    loader = get_spider_loader(settings)
    for name in sorted(loader.list()):
        spider = loader.load(name)
        if issubclass(spider, SiteSpider) and hasattr(spider, "site"):
            yield spider.site
