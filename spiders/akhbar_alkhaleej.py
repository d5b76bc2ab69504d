"""أخبار الخليج: Akhbar Al Khaleej, Bahrain, a daily."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class AkhbarAlkhaleej(SiteSpider):
    name = "akhbar_alkhaleej"
    site = Site(
        name=name,
        domain="akhbar-alkhaleej.com",
        outlet_ar="أخبار الخليج",
        outlet_en="Akhbar Al Khaleej",
        country="BH",
        timezone="Asia/Bahrain",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://akhbar-alkhaleej.com/"),),
    )
