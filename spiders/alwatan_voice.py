"""دنيا الوطن: Dunia al-Watan, Palestine, a news site of Gaza."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class AlwatanVoice(SiteSpider):
    name = "alwatan_voice"
    site = Site(
        name=name,
        domain="alwatanvoice.com",
        outlet_ar="دنيا الوطن",
        outlet_en="Dunia al-Watan",
        country="PS",
        timezone="Asia/Gaza",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.alwatanvoice.com/arabic/index.html"),),
    )
