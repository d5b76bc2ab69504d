"""وكالة الأنباء والمعلومات الفلسطينية: Palestine, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Wafa(SiteSpider):
    name = "wafa"
    site = Site(
        name=name,
        domain="wafa.ps",
        outlet_ar="وكالة الأنباء والمعلومات الفلسطينية",
        outlet_en="Palestinian News and Information Agency",
        aliases=("وفا", "WAFA"),
        country="PS",
        timezone="Asia/Hebron",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.wafa.ps/"),),
    )
