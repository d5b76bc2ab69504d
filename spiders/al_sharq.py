"""الشرق: Al-Sharq, Qatar, a daily of Doha."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class AlSharq(SiteSpider):
    name = "al_sharq"
    site = Site(
        name=name,
        domain="al-sharq.com",
        outlet_ar="الشرق",
        outlet_en="Al-Sharq",
        aliases=("جريدة الشرق", "بوابة الشرق"),
        country="QA",
        timezone="Asia/Qatar",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://al-sharq.com/"),),
    )
