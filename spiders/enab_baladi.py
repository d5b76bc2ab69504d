"""عنب بلدي: Enab Baladi, Syria, an independent paper founded in Darayya."""

from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class EnabBaladi(SiteSpider):
    name = "enab_baladi"
    site = Site(
        name=name,
        domain="enabbaladi.net",
        outlet_ar="عنب بلدي",
        outlet_en="Enab Baladi",
        country="SY",
        timezone="Asia/Damascus",
        # many public feed readers agree on this address; the site itself was not asked
        sources=(Feed("https://www.enabbaladi.net/feed/"), Detect("https://www.enabbaladi.net/")),
    )
