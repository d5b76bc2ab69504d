"""الشرق الأوسط: Asharq Al-Awsat, Saudi Arabia, a Saudi daily made in London."""

from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Aawsat(SiteSpider):
    name = "aawsat"
    site = Site(
        name=name,
        domain="aawsat.com",
        outlet_ar="الشرق الأوسط",
        outlet_en="Asharq Al-Awsat",
        aliases=("صحيفة الشرق الأوسط",),
        country="SA",
        timezone="Asia/Riyadh",
        # many public feed readers agree on this address; the site itself was not asked
        sources=(Feed("https://aawsat.com/feed"), Detect("https://aawsat.com/")),
    )
