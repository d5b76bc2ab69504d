"""الشروق أونلاين: Echorouk Online, Algeria, the news site of the daily Echorouk."""

from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Echorouk(SiteSpider):
    name = "echorouk"
    site = Site(
        name=name,
        domain="echoroukonline.com",
        outlet_ar="الشروق أونلاين",
        outlet_en="Echorouk Online",
        aliases=("الشروق", "الشروق اليومي"),
        country="DZ",
        timezone="Africa/Algiers",
        # many public feed readers agree on this address; the site itself was not asked
        sources=(Feed("https://www.echoroukonline.com/feed/"), Detect("https://www.echoroukonline.com/")),
    )
