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

        storage = storage_of(self.settings)
        storage.check()
        code, runs = crawl_all(storage, spool_of(self.settings, storage), opts.set)
        print_result(storage, runs)
        return code
