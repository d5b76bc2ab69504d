"""The demo newspapers as described sites: SPIDER_MODULES=crawler.demo.sites makes spiders of them."""

import types

from crawler.demo.outlet import Outlet
from crawler.demo.outlets import OUTLETS
from crawler.discovery.detect import Detect
from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


def site_name(outlet: Outlet) -> str:
    """Return the name of a newspaper in the archive: that which the spider `news` gives it."""
    return outlet.host.replace(".", "_")


def site_of(outlet: Outlet) -> Site:
    """Return the description of a newspaper."""
    return Site(
        name=site_name(outlet),
        domain=outlet.host,
        outlet_ar=outlet.name_ar,
        outlet_en=outlet.name_en,
        country=outlet.country,
        timezone=outlet.timezone,
        sources=(Detect(outlet.home),),
        checked="recorded",
    )


def _spider_of(outlet: Outlet) -> type[SiteSpider]:
    site = site_of(outlet)
    values = {"__module__": __name__, "__doc__": outlet.name_en, "name": site.name, "site": site}
    return types.new_class(site.name, (SiteSpider,), exec_body=lambda namespace: namespace.update(values))


globals().update({site_name(outlet): _spider_of(outlet) for outlet in OUTLETS.values()})
