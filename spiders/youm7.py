"""اليوم السابع: Youm7, Egypt, an online daily."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Youm7(SiteSpider):
    name = "youm7"
    site = Site(
        name=name,
        domain="youm7.com",
        outlet_ar="اليوم السابع",
        outlet_en="Youm7",
        country="EG",
        timezone="Africa/Cairo",
        # the page recorded in 2020 declares no list, so the crawl looks for them itself
        sources=(Detect("https://www.youm7.com/"),),
        article_url=r"/story/\d{4}/\d{1,2}/\d{1,2}/",
        checked="recorded",
    )
