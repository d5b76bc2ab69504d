"""العرب اليوم: Arabs Today. A system of its own, table layout, no metadata."""

from crawler.discovery.feed import Feed
from crawler.discovery.listing import Listing
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class ArabsToday(SiteSpider):
    name = "arabs_today"
    site = Site(
        name=name,
        domain="arabstoday.net",
        outlet_ar="العرب اليوم",
        outlet_en="Arabs Today",
        aliases=("arabstoday", "Arabstoday"),
        sources=(
            Feed("https://www.arabstoday.net/rss"),
            Listing("https://www.arabstoday.net/"),
        ),
        # /v-, /b- and /gallery- are videos, blogs' fronts and picture series
        article_url=r"arabstoday\.net/(?!(?:.*/)?(?:v|b|gallery)-)(?:[^?#]+/)?\d{6}-[^/]+",
        expected_yield=60,
    )
