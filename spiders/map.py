"""وكالة المغرب العربي للأنباء: Maghreb Arabe Presse, Morocco, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Map(SiteSpider):
    name = "map"
    site = Site(
        name=name,
        domain="mapnews.ma",
        outlet_ar="وكالة المغرب العربي للأنباء",
        outlet_en="Maghreb Arabe Presse",
        aliases=("MAP",),
        country="MA",
        timezone="Africa/Casablanca",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.mapnews.ma/ar/"),),
    )
