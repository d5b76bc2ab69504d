"""وكالة أنباء البحرين: Bahrain News Agency, Bahrain, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Bna(SiteSpider):
    name = "bna"
    site = Site(
        name=name,
        domain="bna.bh",
        outlet_ar="وكالة أنباء البحرين",
        outlet_en="Bahrain News Agency",
        aliases=("BNA",),
        country="BH",
        timezone="Asia/Bahrain",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.bna.bh/"),),
    )
