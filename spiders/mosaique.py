"""موزاييك أف أم: Mosaique FM, Tunisia, a radio's news site, also in French."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Mosaique(SiteSpider):
    name = "mosaique"
    site = Site(
        name=name,
        domain="mosaiquefm.net",
        outlet_ar="موزاييك أف أم",
        outlet_en="Mosaique FM",
        aliases=("موزاييك",),
        country="TN",
        timezone="Africa/Tunis",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.mosaiquefm.net/ar/"),),
    )
