"""عين ليبيا: Ean Libya, Libya, a news site."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class EanLibya(SiteSpider):
    name = "ean_libya"
    site = Site(
        name=name,
        domain="eanlibya.com",
        outlet_ar="عين ليبيا",
        outlet_en="Ean Libya",
        country="LY",
        timezone="Africa/Tripoli",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.eanlibya.com/"),),
    )
