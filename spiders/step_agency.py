"""ستيب نيوز: Step News Agency, Syria. WordPress with the Jannah theme."""

from crawler.discovery.feed import Feed
from crawler.discovery.sitemap import Sitemap
from crawler.discovery.wordpress import WordPress
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class StepAgency(SiteSpider):
    name = "step_agency"
    site = Site(
        name=name,
        domain="stepagency-sy.net",
        outlet_ar="وكالة ستيب الإخبارية",
        outlet_en="Step News Agency",
        aliases=("ستيب نيوز", "وكالة ستيب", "ستيب الإخبارية", "Step News"),
        country="SY",
        timezone="Asia/Damascus",
        sources=(
            Feed("https://stepagency-sy.net/feed/"),
            WordPress("https://stepagency-sy.net/"),
            Sitemap("https://stepagency-sy.net/sitemap_index.xml"),
        ),
        article_url=r"/\d{4}/\d{2}/\d{2}/[^/?]+",
        expected_yield=40,
    )
