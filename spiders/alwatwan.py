"""الوطن: Al-Watwan, Comoros, the state's daily, in French and Arabic."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Alwatwan(SiteSpider):
    name = "alwatwan"
    site = Site(
        name=name,
        domain="alwatwan.net",
        outlet_ar="الوطن",
        outlet_en="Al-Watwan",
        aliases=("Al-watwan",),
        country="KM",
        timezone="Indian/Comoro",
        languages=("ar", "fr"),
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://alwatwan.net/"),),
    )
