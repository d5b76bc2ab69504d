"""سكاي نيوز عربية: Sky News Arabia, United Arab Emirates, a broadcaster in Abu Dhabi."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class SkyNewsArabia(SiteSpider):
    name = "sky_news_arabia"
    site = Site(
        name=name,
        domain="skynewsarabia.com",
        outlet_ar="سكاي نيوز عربية",
        outlet_en="Sky News Arabia",
        country="AE",
        timezone="Asia/Dubai",
        # public lists spell its feed in six ways, so none is believed
        sources=(Detect("https://www.skynewsarabia.com/"),),
    )
