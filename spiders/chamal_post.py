"""شمال بوست: Chamal Post, Morocco, a local paper of Tetouan."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class ChamalPost(SiteSpider):
    name = "chamal_post"
    site = Site(
        name=name,
        domain="chamalpost.net",
        outlet_ar="شمال بوست",
        outlet_en="Chamal Post",
        country="MA",
        timezone="Africa/Casablanca",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://chamalpost.net/"),),
    )
