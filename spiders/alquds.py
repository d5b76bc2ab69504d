"""جريدة القدس: Al-Quds, Palestine, a daily of Jerusalem."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Alquds(SiteSpider):
    name = "alquds"
    site = Site(
        name=name,
        domain="alquds.com",
        outlet_ar="جريدة القدس",
        outlet_en="Al-Quds",
        aliases=("القدس دوت كوم",),
        country="PS",
        timezone="Asia/Hebron",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.alquds.com/ar"),),
    )
