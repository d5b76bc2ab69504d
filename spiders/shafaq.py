"""شفق نيوز: Shafaq News, Iraq, an agency, also in Kurdish and English."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Shafaq(SiteSpider):
    name = "shafaq"
    site = Site(
        name=name,
        domain="shafaq.com",
        outlet_ar="شفق نيوز",
        outlet_en="Shafaq News",
        country="IQ",
        timezone="Asia/Baghdad",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://shafaq.com/ar"),),
    )
