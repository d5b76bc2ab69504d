"""Scrapy's command `replay`: open the archive in a browser, with pywb on loopback."""

import argparse

from crawler.options.command import PlainCommand


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] [--port N] [--site S]"

    def short_desc(self) -> str:
        return "Open the archive in the browser, with pywb on this machine"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: any free one)")
        parser.add_argument("--site", metavar="S", help="only this site, by its name in the archive")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from pathlib import Path

        from scrapy.utils.conf import closest_scrapy_cfg

        from crawler.options.archive import storage_of
        from crawler.options.archived_sites import check_site
        from crawler.replay.pywb import find_pywb, replay_until_interrupted

        storage = storage_of(self.settings, self.archive_named(args))
        check_site(storage, opts.site)
        pywb = find_pywb(Path(closest_scrapy_cfg()).parent)
        replay_until_interrupted(storage, pywb, site=opts.site, port=opts.port, on_problem=self.complain)
        return 0
