"""A site's file that lies anywhere."""

import importlib.util
from pathlib import Path

from crawler.site import Site
from crawler.spider.site_spider import SiteSpider


def site_in(path: Path) -> Site:
    """The Site that a spider's file describes."""
    spec = importlib.util.spec_from_file_location(f"newcomer_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    spiders = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, SiteSpider) and thing is not SiteSpider
    ]
    assert len(spiders) == 1
    assert spiders[0].name == path.stem
    return spiders[0].site
