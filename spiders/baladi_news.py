"""بلدي نيوز: Baladi News, Syria."""

from crawler.discovery.listing import Listing
from crawler.discovery.sitemap import Sitemap
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class BaladiNews(SiteSpider):
    name = "baladi_news"
    site = Site(
        name=name,
        domain="baladi-news.com",
        outlet_ar="بلدي نيوز",
        outlet_en="Baladi News",
        aliases=("Baladi",),
        country="SY",
        timezone="Asia/Damascus",
        sources=(
            Sitemap("https://www.baladi-news.com/sitemap.xml"),
            Listing("https://www.baladi-news.com/ar"),
        ),
        article_url=r"/ar/articles/\d+",
        expected_yield=30,
    )
