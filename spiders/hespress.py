"""هسبريس: Hespress, Morocco, an online daily."""

from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Hespress(SiteSpider):
    name = "hespress"
    site = Site(
        name=name,
        domain="hespress.com",
        outlet_ar="هسبريس",
        outlet_en="Hespress",
        aliases=("جريدة هسبريس الإلكترونية",),
        country="MA",
        timezone="Africa/Casablanca",
        # many public feed readers agree on this address; the site itself was not asked
        sources=(Feed("https://www.hespress.com/feed"), Detect("https://www.hespress.com/")),
    )
