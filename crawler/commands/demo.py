"""Scrapy's command `demo`: crawl the demo newspapers on loopback into the archive."""

import argparse

from crawler.options.command import PlainCommand


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[-s ARCHIVE=…]"

    def short_desc(self) -> str:
        return "Crawl the demo newspapers on loopback into the archive"

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from crawler.demo.crawls import crawl_all, print_result
        from crawler.options.archive import spool_of, storage_of
        from crawler.stories.run import update as find_stories

        storage = storage_of(self.settings)
        storage.check()
        code, runs = crawl_all(storage, spool_of(self.settings, storage), opts.set)
        if not code:
            find_stories(storage, shown=lambda _done, _all: None)
        print_result(storage, runs, default=not any(each.startswith("ARCHIVE=") for each in opts.set))
        return code
