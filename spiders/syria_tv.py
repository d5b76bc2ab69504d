"""تلفزيون سوريا: Syria TV, Syria, a broadcaster that began in exile in Istanbul."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class SyriaTv(SiteSpider):
    name = "syria_tv"
    site = Site(
        name=name,
        domain="syria.tv",
        outlet_ar="تلفزيون سوريا",
        outlet_en="Syria TV",
        country="SY",
        timezone="Asia/Damascus",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.syria.tv/"),),
    )
