"""وكالة الأنباء الكويتية: Kuwait News Agency, Kuwait, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Kuna(SiteSpider):
    name = "kuna"
    site = Site(
        name=name,
        domain="kuna.net.kw",
        outlet_ar="وكالة الأنباء الكويتية",
        outlet_en="Kuwait News Agency",
        aliases=("كونا", "KUNA"),
        country="KW",
        timezone="Asia/Kuwait",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.kuna.net.kw/"),),
    )
