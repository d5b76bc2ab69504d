"""المدن: Al-Modon, Lebanon, an online daily."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Almodon(SiteSpider):
    name = "almodon"
    site = Site(
        name=name,
        domain="almodon.com",
        outlet_ar="المدن",
        outlet_en="Al-Modon",
        aliases=("صحيفة المدن",),
        country="LB",
        timezone="Asia/Beirut",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.almodon.com/"),),
    )
