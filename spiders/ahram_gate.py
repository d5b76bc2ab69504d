"""بوابة الأهرام: Al-Ahram Gate, Egypt, the news site of the daily Al-Ahram."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class AhramGate(SiteSpider):
    name = "ahram_gate"
    site = Site(
        name=name,
        domain="gate.ahram.org.eg",
        outlet_ar="بوابة الأهرام",
        outlet_en="Al-Ahram Gate",
        aliases=("الأهرام",),
        country="EG",
        timezone="Africa/Cairo",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://gate.ahram.org.eg/"),),
    )
