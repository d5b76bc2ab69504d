"""النهار أونلاين: Ennahar Online, Algeria, a broadcaster's news site."""

from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Ennahar(SiteSpider):
    name = "ennahar"
    site = Site(
        name=name,
        domain="ennaharonline.com",
        outlet_ar="النهار أونلاين",
        outlet_en="Ennahar Online",
        aliases=("النهار",),
        country="DZ",
        timezone="Africa/Algiers",
        # many public feed readers agree on this address; the site itself was not asked
        sources=(Feed("https://www.ennaharonline.com/feed/"), Detect("https://www.ennaharonline.com/")),
    )
