"""وكالة الأنباء القطرية: Qatar News Agency, Qatar, the state's news agency."""

from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Qna(SiteSpider):
    name = "qna"
    site = Site(
        name=name,
        domain="qna.org.qa",
        outlet_ar="وكالة الأنباء القطرية",
        outlet_en="Qatar News Agency",
        aliases=("QNA",),
        country="QA",
        timezone="Asia/Qatar",
        # only the home page is known: the crawl finds feeds, sitemaps and sections itself
        sources=(Detect("https://www.qna.org.qa/ar-QA"),),
    )
