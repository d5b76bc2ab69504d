"""الجزيرة نت: Al Jazeera Net, Qatar, a broadcaster's news site."""

from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Aljazeera(SiteSpider):
    name = "aljazeera"
    site = Site(
        name=name,
        domain="aljazeera.net",
        outlet_ar="الجزيرة نت",
        outlet_en="Al Jazeera Net",
        aliases=("الجزيرة", "Al Jazeera"),
        country="QA",
        timezone="Asia/Qatar",
        # many public feed readers agree on this address; the site itself was not asked
        sources=(
            Feed(
                "https://www.aljazeera.net/aljazeerarss/a7c186be-1baa-4bd4-9d80-a84db769f779/73d0e1b4-532f-45ef-b135-bfdff8b8cab9"
            ),
            Detect("https://www.aljazeera.net/"),
        ),
    )
