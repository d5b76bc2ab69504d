"""صحراء ميديا: Sahara Medias, Mauritania, an independent agency in Nouakchott."""

from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class SaharaMedias(SiteSpider):
    name = "sahara_medias"
    site = Site(
        name=name,
        domain="saharamedias.net",
        outlet_ar="صحراء ميديا",
        outlet_en="Sahara Medias",
        country="MR",
        timezone="Africa/Nouakchott",
        # many public feed readers agree on this address; the site itself was not asked
        sources=(Feed("https://www.saharamedias.net/feed/"), Detect("https://www.saharamedias.net/")),
    )
