"""وكالة أنباء الإمارات: Emirates News Agency, United Arab Emirates, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Wam(SiteSpider):
    name = "wam"
    site = Site(
        name=name,
        domain="wam.ae",
        outlet_ar="وكالة أنباء الإمارات",
        outlet_en="Emirates News Agency",
        aliases=("وام", "WAM"),
        country="AE",
        timezone="Asia/Dubai",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.wam.ae/ar"),),
    )
