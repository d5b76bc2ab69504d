"""وكالة الأنباء السعودية: Saudi Press Agency, Saudi Arabia, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Spa(SiteSpider):
    name = "spa"
    site = Site(
        name=name,
        domain="spa.gov.sa",
        outlet_ar="وكالة الأنباء السعودية",
        outlet_en="Saudi Press Agency",
        aliases=("واس", "SPA"),
        country="SA",
        timezone="Asia/Riyadh",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.spa.gov.sa/"),),
    )
