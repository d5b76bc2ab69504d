"""باب نات: Babnet, Tunisia, a news site."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Babnet(SiteSpider):
    name = "babnet"
    site = Site(
        name=name,
        domain="babnet.net",
        outlet_ar="باب نات",
        outlet_en="Babnet",
        aliases=("Babnet Tunisie",),
        country="TN",
        timezone="Africa/Tunis",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.babnet.net/"),),
    )
