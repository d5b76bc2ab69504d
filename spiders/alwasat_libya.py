"""بوابة الوسط: Al-Wasat, Libya, a paper made in Cairo."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class AlwasatLibya(SiteSpider):
    name = "alwasat_libya"
    site = Site(
        name=name,
        domain="alwasat.ly",
        outlet_ar="بوابة الوسط",
        outlet_en="Al-Wasat",
        aliases=("صحيفة الوسط",),
        country="LY",
        timezone="Africa/Tripoli",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://alwasat.ly/"),),
    )
