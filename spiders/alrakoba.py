"""الراكوبة: Al-Rakoba, Sudan, a news site made in exile."""

from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Alrakoba(SiteSpider):
    name = "alrakoba"
    site = Site(
        name=name,
        domain="alrakoba.net",
        outlet_ar="الراكوبة",
        outlet_en="Al-Rakoba",
        aliases=("صحيفة الراكوبة",),
        country="SD",
        timezone="Africa/Khartoum",
        # many public feed readers agree on this address; the site itself was not asked
        sources=(Feed("https://www.alrakoba.net/feed/"), Detect("https://www.alrakoba.net/")),
    )
