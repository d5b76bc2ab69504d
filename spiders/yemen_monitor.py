"""يمن مونيتور: Yemen Monitor, Yemen, an independent news site."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class YemenMonitor(SiteSpider):
    name = "yemen_monitor"
    site = Site(
        name=name,
        domain="yemenmonitor.com",
        outlet_ar="يمن مونيتور",
        outlet_en="Yemen Monitor",
        country="YE",
        timezone="Asia/Aden",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.yemenmonitor.com/"),),
    )
