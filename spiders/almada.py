"""المدى: Al-Mada, Iraq, a daily of Baghdad."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Almada(SiteSpider):
    name = "almada"
    site = Site(
        name=name,
        domain="almadapaper.net",
        outlet_ar="المدى",
        outlet_en="Al-Mada",
        aliases=("جريدة المدى",),
        country="IQ",
        timezone="Asia/Baghdad",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://almadapaper.net/"),),
    )
