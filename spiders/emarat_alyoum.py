"""الإمارات اليوم: Emarat Al Youm, United Arab Emirates, a daily of Dubai."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class EmaratAlyoum(SiteSpider):
    name = "emarat_alyoum"
    site = Site(
        name=name,
        domain="emaratalyoum.com",
        outlet_ar="الإمارات اليوم",
        outlet_en="Emarat Al Youm",
        country="AE",
        timezone="Asia/Dubai",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.emaratalyoum.com/"),),
    )
