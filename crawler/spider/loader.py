"""The spider loader of the project, and the sites that its spiders describe.

A site's file that cannot be imported fails that site alone.
"""

import sys
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader, get_spider_loader

from crawler.site import Site
from crawler.spider.site_spider import SiteSpider

# Sentences that this process has printed: a command loads the spiders several times.
_reported: set[str] = set()


def described_sites(settings: BaseSettings) -> Iterator[Site]:
    """Yield the `Site` of every spider that has one, sorted by the spider's name."""
    loader = get_spider_loader(settings)
    for name in sorted(loader.list()):
        spider = loader.load(name)
        if issubclass(spider, SiteSpider) and hasattr(spider, "site"):
            yield spider.site


class SiteLoader(SpiderLoader):
    """Scrapy's loader without the modules that cannot be imported; one sentence on stderr names each."""

    def __init__(self, settings: BaseSettings) -> None:
        self.broken: dict[str, str] = {}  # last part of the module's name -> why, a sentence
        modules = [module for name in settings.getlist("SPIDER_MODULES") for module in self._sound(name)]
        warn_only = settings.getbool("SPIDER_LOADER_WARN_ONLY")
        super().__init__(BaseSettings({"SPIDER_MODULES": modules, "SPIDER_LOADER_WARN_ONLY": warn_only}))

    def _sound(self, name: str) -> list[str]:
        """Return the package or module of that name, or the modules of a package that can be imported."""
        broken = len(self.broken)
        modules = list(self._imported(name))
        if len(self.broken) == broken:
            return [name]
        return [module.__name__ for module in modules if not hasattr(module, "__path__")]

    def _imported(self, name: str) -> Iterator[ModuleType]:
        try:
            module = import_module(name)
        except Exception as error:  # noqa: BLE001 - a site's file can raise anything
            self._leave_out(name, error)
            return
        yield module
        for _, inner, _ in iter_modules(getattr(module, "__path__", ())):
            yield from self._imported(f"{name}.{inner}")

    def _leave_out(self, name: str, error: Exception) -> None:
        kind = type(error).__name__
        sentence = f"{name} cannot be imported, so its site is left out: {kind}: {error}"
        self.broken[name.rpartition(".")[2]] = sentence
        if sentence not in _reported:
            _reported.add(sentence)
            sys.stderr.write(f"{sentence}\n")
