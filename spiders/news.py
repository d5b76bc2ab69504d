"""Any site by its address: scrapy crawl news -a url=https://any.site/"""

from typing import Any
from urllib.parse import urlsplit

from crawler.discovery.detect import Detect
from crawler.errors import InvalidUrlError, UsageError
from crawler.site import unknown_site
from crawler.spider import SiteSpider
from crawler.urls import ascii_url


class News(SiteSpider):
    name = "news"

    @classmethod
    def described_by(cls, arguments: dict[str, Any]) -> dict[str, Any]:
        address = arguments.pop("url", None)
        if not address:
            raise UsageError("The spider news needs an address: scrapy crawl news -a url=https://any.site/")
        try:
            url = ascii_url(address)
            site = unknown_site(urlsplit(url).netloc, sources=(Detect(url),))
        except (InvalidUrlError, ValueError):
            raise UsageError(f"url={address!r} is no address: write it as https://any.site/") from None
        return {"site": site, **arguments}
