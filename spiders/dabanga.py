"""راديو دبنقا: Radio Dabanga, Sudan, a broadcaster in exile in Amsterdam."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Dabanga(SiteSpider):
    name = "dabanga"
    site = Site(
        name=name,
        domain="dabangasudan.org",
        outlet_ar="راديو دبنقا",
        outlet_en="Radio Dabanga",
        aliases=("دبنقا",),
        country="SD",
        timezone="Africa/Khartoum",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.dabangasudan.org/ar"),),
    )
