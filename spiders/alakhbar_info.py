"""الأخبار: Al-Akhbar Info, Mauritania, an independent agency in Nouakchott."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class AlakhbarInfo(SiteSpider):
    name = "alakhbar_info"
    site = Site(
        name=name,
        domain="alakhbar.info",
        outlet_ar="الأخبار",
        outlet_en="Al-Akhbar Info",
        aliases=("وكالة الأخبار المستقلة",),
        country="MR",
        timezone="Africa/Nouakchott",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://alakhbar.info/"),),
    )
