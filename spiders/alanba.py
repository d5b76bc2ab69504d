"""الأنباء: Al-Anba, Kuwait, a daily."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Alanba(SiteSpider):
    name = "alanba"
    site = Site(
        name=name,
        domain="alanba.com.kw",
        outlet_ar="الأنباء",
        outlet_en="Al-Anba",
        aliases=("جريدة الأنباء",),
        country="KW",
        timezone="Asia/Kuwait",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.alanba.com.kw/"),),
    )
