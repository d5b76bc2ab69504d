"""وكالة الأنباء الأردنية: Jordan News Agency, Jordan, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Petra(SiteSpider):
    name = "petra"
    site = Site(
        name=name,
        domain="petra.gov.jo",
        outlet_ar="وكالة الأنباء الأردنية",
        outlet_en="Jordan News Agency",
        aliases=("بترا", "Petra"),
        country="JO",
        timezone="Asia/Amman",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.petra.gov.jo/"),),
    )
