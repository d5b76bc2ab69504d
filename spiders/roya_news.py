"""رؤيا الإخباري: Roya News, Jordan, a broadcaster's news site."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class RoyaNews(SiteSpider):
    name = "roya_news"
    site = Site(
        name=name,
        domain="royanews.tv",
        outlet_ar="رؤيا الإخباري",
        outlet_en="Roya News",
        aliases=("رؤيا",),
        country="JO",
        timezone="Asia/Amman",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://royanews.tv/"),),
    )
