"""القرن: Al-Qarn, Djibouti, an Arabic paper."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Alqarn(SiteSpider):
    name = "alqarn"
    site = Site(
        name=name,
        domain="alqarn.dj",
        outlet_ar="القرن",
        outlet_en="Al-Qarn",
        aliases=("صحيفة القرن",),
        country="DJ",
        timezone="Africa/Djibouti",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.alqarn.dj/"),),
    )
