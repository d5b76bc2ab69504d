"""الشبيبة: Al-Shabiba, Oman, a daily of Muscat."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Shabiba(SiteSpider):
    name = "shabiba"
    site = Site(
        name=name,
        domain="shabiba.com",
        outlet_ar="الشبيبة",
        outlet_en="Al-Shabiba",
        aliases=("جريدة الشبيبة",),
        country="OM",
        timezone="Asia/Muscat",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://shabiba.com/"),),
    )
