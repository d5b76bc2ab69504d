"""الوكالة الوطنية للإعلام: National News Agency, Lebanon, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Nna(SiteSpider):
    name = "nna"
    site = Site(
        name=name,
        domain="nna-leb.gov.lb",
        outlet_ar="الوكالة الوطنية للإعلام",
        outlet_en="National News Agency",
        aliases=("NNA",),
        country="LB",
        timezone="Asia/Beirut",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.nna-leb.gov.lb/ar"),),
    )
