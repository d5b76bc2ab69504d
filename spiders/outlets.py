"""The spiders of the table: one for each row of crawler/registry/outlets.csv that has no file here."""

import types
from importlib import resources

from crawler.registry.outlet import Outlet
from crawler.registry.table import outlets
from crawler.spider.site_spider import SiteSpider


def spider_of(outlet: Outlet) -> type[SiteSpider]:
    """Return a spider class for a row of the table."""
    values = {"__module__": __name__, "__doc__": outlet.outlet_en, "name": outlet.name, "site": outlet.site()}
    return types.new_class(outlet.name, (SiteSpider,), exec_body=lambda namespace: namespace.update(values))


_FILES = {entry.name.rpartition(".")[0] for entry in resources.files("spiders").iterdir()}
globals().update({name: spider_of(row) for name, row in outlets().items() if name not in _FILES})
