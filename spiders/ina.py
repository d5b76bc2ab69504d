"""وكالة الأنباء العراقية: Iraqi News Agency, Iraq, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Ina(SiteSpider):
    name = "ina"
    site = Site(
        name=name,
        domain="ina.iq",
        outlet_ar="وكالة الأنباء العراقية",
        outlet_en="Iraqi News Agency",
        aliases=("واع", "INA"),
        country="IQ",
        timezone="Asia/Baghdad",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://ina.iq/"),),
    )
