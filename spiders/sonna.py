"""وكالة الأنباء الوطنية الصومالية: Somali National News Agency, Somalia, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Sonna(SiteSpider):
    name = "sonna"
    site = Site(
        name=name,
        domain="sonna.so",
        outlet_ar="وكالة الأنباء الوطنية الصومالية",
        outlet_en="Somali National News Agency",
        aliases=("صونا", "SONNA"),
        country="SO",
        timezone="Africa/Mogadishu",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://sonna.so/ar/"),),
    )
