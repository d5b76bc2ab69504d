"""بيروت أوبزرفر: Beirut Observer, Lebanon, a news site."""

from crawler.discovery.feed import Feed
from crawler.discovery.wordpress import WordPress
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class BeirutObserver(SiteSpider):
    name = "beirut_observer"
    site = Site(
        name=name,
        domain="beirutobserver.com",
        outlet_ar="بيروت أوبزرفر",
        outlet_en="Beirut Observer",
        country="LB",
        timezone="Asia/Beirut",
        # the page recorded in 2020 declares the feed and the API; WordPress with the Sahifa theme
        sources=(Feed("https://www.beirutobserver.com/feed/"), WordPress("https://www.beirutobserver.com/")),
        article_url=r"/\d{4}/\d{2}/\d+/",
        checked="recorded",
    )
