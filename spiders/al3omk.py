"""العمق المغربي: Al3omk, Morocco, an online daily."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Al3omk(SiteSpider):
    name = "al3omk"
    site = Site(
        name=name,
        domain="al3omk.com",
        outlet_ar="العمق المغربي",
        outlet_en="Al3omk",
        aliases=("العمق",),
        country="MA",
        timezone="Africa/Casablanca",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://al3omk.com/"),),
    )
