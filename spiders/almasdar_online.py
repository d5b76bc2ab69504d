"""المصدر أونلاين: Al-Masdar Online, Yemen, an independent news site."""

from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class AlmasdarOnline(SiteSpider):
    name = "almasdar_online"
    site = Site(
        name=name,
        domain="almasdaronline.com",
        outlet_ar="المصدر أونلاين",
        outlet_en="Al-Masdar Online",
        aliases=("المصدر اونلاين",),
        country="YE",
        timezone="Asia/Aden",
        # many public feed readers agree on this address; the site itself was not asked
        sources=(Feed("https://almasdaronline.com/rss"), Detect("https://almasdaronline.com/")),
    )
