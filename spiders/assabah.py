"""الصباح: Assabah, Tunisia, a daily of Tunis."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Assabah(SiteSpider):
    name = "assabah"
    site = Site(
        name=name,
        domain="assabah.com.tn",
        outlet_ar="الصباح",
        outlet_en="Assabah",
        aliases=("الصباح نيوز", "دار الصباح"),
        country="TN",
        timezone="Africa/Tunis",
        # the page recorded in 2019 declares no list, so the crawl looks for them itself
        sources=(Detect("http://www.assabah.com.tn/"),),
        article_url=r"/article/\d+/",
        checked="recorded",
    )
