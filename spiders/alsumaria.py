"""السومرية نيوز: Alsumaria News, Iraq, a broadcaster's news site."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Alsumaria(SiteSpider):
    name = "alsumaria"
    site = Site(
        name=name,
        domain="alsumaria.tv",
        outlet_ar="السومرية نيوز",
        outlet_en="Alsumaria News",
        aliases=("السومرية",),
        country="IQ",
        timezone="Asia/Baghdad",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.alsumaria.tv/"),),
    )
