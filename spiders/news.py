"""Any site by its address: scrapy crawl news -a url=https://any.site/"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from crawler.discovery.detect import Detect
from crawler.errors import InvalidUrlError, UsageError
from crawler.options.arguments import RunArguments, parse_arguments
from crawler.site import Site, unknown_site
from crawler.spider.site_spider import SiteSpider
from crawler.urls import ascii_url


class News(SiteSpider):
    name = "news"

    @classmethod
    def understood(cls, arguments: Mapping[str, str | None]) -> tuple[Site, RunArguments]:
        others = {name: value for name, value in arguments.items() if name != "url"}
        address = arguments.get("url")
        if not address:
            raise UsageError("The spider news needs an address: scrapy crawl news -a url=https://any.site/")
        try:
            url = ascii_url(address)
            site = unknown_site(urlsplit(url).netloc, sources=(Detect(url),))
        except (InvalidUrlError, ValueError):
            raise UsageError(f"url={address!r} is not an address: write it as https://any.site/") from None
        return site, parse_arguments(others, zone=None)
