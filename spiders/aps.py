"""وكالة الأنباء الجزائرية: Algeria Press Service, Algeria, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Aps(SiteSpider):
    name = "aps"
    site = Site(
        name=name,
        domain="aps.dz",
        outlet_ar="وكالة الأنباء الجزائرية",
        outlet_en="Algeria Press Service",
        aliases=("واج", "APS"),
        country="DZ",
        timezone="Africa/Algiers",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.aps.dz/ar/"),),
    )
