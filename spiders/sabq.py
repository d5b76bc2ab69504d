"""سبق: Sabq, Saudi Arabia, an online daily."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Sabq(SiteSpider):
    name = "sabq"
    site = Site(
        name=name,
        domain="sabq.org",
        outlet_ar="سبق",
        outlet_en="Sabq",
        aliases=("صحيفة سبق الإلكترونية",),
        country="SA",
        timezone="Asia/Riyadh",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://sabq.org/"),),
    )
