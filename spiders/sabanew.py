"""وكالة الأنباء اليمنية: Saba Net, Yemen, the agency of the government in Aden."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Sabanew(SiteSpider):
    name = "sabanew"
    site = Site(
        name=name,
        domain="sabanew.net",
        outlet_ar="وكالة الأنباء اليمنية",
        outlet_en="Saba Net",
        aliases=("سبأ", "سبأنت"),
        country="YE",
        timezone="Asia/Aden",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.sabanew.net/"),),
    )
