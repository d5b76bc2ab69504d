"""القبس: Al-Qabas, Kuwait, a daily."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Alqabas(SiteSpider):
    name = "alqabas"
    site = Site(
        name=name,
        domain="alqabas.com",
        outlet_ar="القبس",
        outlet_en="Al-Qabas",
        aliases=("جريدة القبس",),
        country="KW",
        timezone="Asia/Kuwait",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://alqabas.com/"),),
    )
