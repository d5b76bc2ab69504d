"""مصراوي: Masrawy, Egypt, a news site."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Masrawy(SiteSpider):
    name = "masrawy"
    site = Site(
        name=name,
        domain="masrawy.com",
        outlet_ar="مصراوي",
        outlet_en="Masrawy",
        country="EG",
        timezone="Africa/Cairo",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.masrawy.com/"),),
    )
