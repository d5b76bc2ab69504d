"""مدى مصر: Mada Masr, Egypt, an independent paper, also in English."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class MadaMasr(SiteSpider):
    name = "mada_masr"
    site = Site(
        name=name,
        domain="madamasr.com",
        outlet_ar="مدى مصر",
        outlet_en="Mada Masr",
        country="EG",
        timezone="Africa/Cairo",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.madamasr.com/ar/"),),
    )
