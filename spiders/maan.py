"""وكالة معا الإخبارية: Ma'an News Agency, Palestine, an independent agency in Bethlehem."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Maan(SiteSpider):
    name = "maan"
    site = Site(
        name=name,
        domain="maannews.net",
        outlet_ar="وكالة معا الإخبارية",
        outlet_en="Ma'an News Agency",
        aliases=("معا", "وكالة معاً الإخبارية"),
        country="PS",
        timezone="Asia/Hebron",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.maannews.net/"),),
    )
