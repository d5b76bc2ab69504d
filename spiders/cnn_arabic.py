"""سي إن إن بالعربية: CNN Arabic, United Arab Emirates, a broadcaster's Arabic desk in Dubai."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class CnnArabic(SiteSpider):
    name = "cnn_arabic"
    site = Site(
        name=name,
        domain="arabic.cnn.com",
        outlet_ar="سي إن إن بالعربية",
        outlet_en="CNN Arabic",
        aliases=("CNNArabic", "CNN بالعربية"),
        country="AE",
        timezone="Asia/Dubai",
        # the page recorded in 2013 declares no list, so the crawl looks for them itself
        sources=(Detect("https://arabic.cnn.com/"),),
        checked="recorded",
    )
