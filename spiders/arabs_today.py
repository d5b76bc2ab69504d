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
        # An article lies below the number of its section, older ones without a number of their own; a front
        # is one part alone (/314-…). /v-, /b- and /gallery- are videos, fronts of blogs, series of pictures.
        article_url=r"arabstoday\.net/(?:\d+/)+(?!(?:v|b|gallery)-|\d{1,5}-|page)[^/?#]+-[^/?#]+(?:[?#]|$)",
        expected_yield=60,
    )
