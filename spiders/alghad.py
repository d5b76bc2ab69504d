"""الغد: Al-Ghad, Jordan, a daily."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Alghad(SiteSpider):
    name = "alghad"
    site = Site(
        name=name,
        domain="alghad.com",
        outlet_ar="الغد",
        outlet_en="Al-Ghad",
        aliases=("جريدة الغد",),
        country="JO",
        timezone="Asia/Amman",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://alghad.com/"),),
    )
