"""الأخبار: Al-Akhbar, Lebanon, a daily."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class AlAkhbar(SiteSpider):
    name = "al_akhbar"
    site = Site(
        name=name,
        domain="al-akhbar.com",
        outlet_ar="الأخبار",
        outlet_en="Al-Akhbar",
        aliases=("جريدة الأخبار",),
        country="LB",
        timezone="Asia/Beirut",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.al-akhbar.com/"),),
    )
