"""المدينة نيوز: Al-Madenah News, Jordan, a news site."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class AlmadenahNews(SiteSpider):
    name = "almadenah_news"
    site = Site(
        name=name,
        domain="almadenahnews.com",
        outlet_ar="المدينة نيوز",
        outlet_en="Al-Madenah News",
        aliases=("المدينة الإخبارية",),
        country="JO",
        timezone="Asia/Amman",
        # the page recorded in 2020 declares no list, so the crawl looks for them itself
        sources=(Detect("https://www.almadenahnews.com/"),),
        article_url=r"/article/\d+-",
        checked="recorded",
    )
