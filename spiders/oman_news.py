"""وكالة الأنباء العمانية: Oman News Agency, Oman, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class OmanNews(SiteSpider):
    name = "oman_news"
    site = Site(
        name=name,
        domain="omannews.gov.om",
        outlet_ar="وكالة الأنباء العمانية",
        outlet_en="Oman News Agency",
        aliases=("العمانية", "ONA"),
        country="OM",
        timezone="Asia/Muscat",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://omannews.gov.om/"),),
    )
