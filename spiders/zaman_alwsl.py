"""زمان الوصل: Zaman al-Wasl, Syria, a paper of Homs, long in exile."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class ZamanAlwsl(SiteSpider):
    name = "zaman_alwsl"
    site = Site(
        name=name,
        domain="zamanalwsl.net",
        outlet_ar="زمان الوصل",
        outlet_en="Zaman al-Wasl",
        country="SY",
        timezone="Asia/Damascus",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.zamanalwsl.net/"),),
    )
