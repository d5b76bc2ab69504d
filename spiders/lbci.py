"""المؤسسة اللبنانية للإرسال إنترناسيونال: LBCI, Lebanon, a broadcaster."""

from crawler.discovery.sitemap import Sitemap
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


class Lbci(SiteSpider):
    name = "lbci"
    site = Site(
        name=name,
        domain="lbcgroup.tv",
        outlet_ar="المؤسسة اللبنانية للإرسال إنترناسيونال",
        outlet_en="LBCI",
        aliases=("إل بي سي آي", "LBC"),
        country="LB",
        timezone="Asia/Beirut",
        # addresses as the fundus project lists them for this publisher; the site itself was not asked
        sources=(
            Sitemap("https://www.lbcgroup.tv/newssitemap.xml"),
            Sitemap("https://www.lbcgroup.tv/sitemap.xml"),
        ),
    )
