"""وكالة الأنباء الليبية: Libyan News Agency, Libya, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Lana(SiteSpider):
    name = "lana"
    site = Site(
        name=name,
        domain="lana.gov.ly",
        outlet_ar="وكالة الأنباء الليبية",
        outlet_en="Libyan News Agency",
        aliases=("LANA",),
        country="LY",
        timezone="Africa/Tripoli",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://lana.gov.ly/"),),
    )
