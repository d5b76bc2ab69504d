"""النهار: An-Nahar, Lebanon, a daily since 1933."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Annahar(SiteSpider):
    name = "annahar"
    site = Site(
        name=name,
        domain="annahar.com",
        outlet_ar="النهار",
        outlet_en="An-Nahar",
        aliases=("جريدة النهار",),
        country="LB",
        timezone="Asia/Beirut",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.annahar.com/"),),
    )
