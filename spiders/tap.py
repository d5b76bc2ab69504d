"""وكالة تونس إفريقيا للأنباء: Tunis Afrique Presse, Tunisia, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Tap(SiteSpider):
    name = "tap"
    site = Site(
        name=name,
        domain="tap.info.tn",
        outlet_ar="وكالة تونس إفريقيا للأنباء",
        outlet_en="Tunis Afrique Presse",
        aliases=("TAP",),
        country="TN",
        timezone="Africa/Tunis",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.tap.info.tn/ar"),),
    )
