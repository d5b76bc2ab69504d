"""الخبر: El Khabar, Algeria, a daily."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Elkhabar(SiteSpider):
    name = "elkhabar"
    site = Site(
        name=name,
        domain="elkhabar.com",
        outlet_ar="الخبر",
        outlet_en="El Khabar",
        aliases=("جريدة الخبر",),
        country="DZ",
        timezone="Africa/Algiers",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.elkhabar.com/"),),
    )
