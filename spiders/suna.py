"""وكالة السودان للأنباء: Sudan News Agency, Sudan, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Suna(SiteSpider):
    name = "suna"
    site = Site(
        name=name,
        domain="suna-sd.net",
        outlet_ar="وكالة السودان للأنباء",
        outlet_en="Sudan News Agency",
        aliases=("سونا", "SUNA"),
        country="SD",
        timezone="Africa/Khartoum",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://suna-sd.net/"),),
    )
