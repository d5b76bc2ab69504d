"""البيان: Al Bayan, United Arab Emirates, a daily of Dubai."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Albayan(SiteSpider):
    name = "albayan"
    site = Site(
        name=name,
        domain="albayan.ae",
        outlet_ar="البيان",
        outlet_en="Al Bayan",
        aliases=("صحيفة البيان",),
        country="AE",
        timezone="Asia/Dubai",
        # the feeds that the page recorded in 2020 declares are numbered and may have moved
        sources=(Detect("https://www.albayan.ae/"),),
        checked="recorded",
    )
