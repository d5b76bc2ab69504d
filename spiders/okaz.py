"""عكاظ: Okaz, Saudi Arabia, a daily of Jeddah."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Okaz(SiteSpider):
    name = "okaz"
    site = Site(
        name=name,
        domain="okaz.com.sa",
        outlet_ar="عكاظ",
        outlet_en="Okaz",
        aliases=("صحيفة عكاظ",),
        country="SA",
        timezone="Asia/Riyadh",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.okaz.com.sa/"),),
    )
