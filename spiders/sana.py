"""الوكالة العربية السورية للأنباء: Syrian Arab News Agency, Syria, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Sana(SiteSpider):
    name = "sana"
    site = Site(
        name=name,
        domain="sana.sy",
        outlet_ar="الوكالة العربية السورية للأنباء",
        outlet_en="Syrian Arab News Agency",
        aliases=("سانا", "SANA"),
        country="SY",
        timezone="Asia/Damascus",
        # many public feed readers agree on this address; the site itself was not asked
        sources=(Feed("https://sana.sy/feed/"), Detect("https://sana.sy/")),
    )
