"""المصري اليوم: Al-Masry Al-Youm, Egypt, a daily."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class AlmasryAlyoum(SiteSpider):
    name = "almasry_alyoum"
    site = Site(
        name=name,
        domain="almasryalyoum.com",
        outlet_ar="المصري اليوم",
        outlet_en="Al-Masry Al-Youm",
        country="EG",
        timezone="Africa/Cairo",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.almasryalyoum.com/"),),
    )
