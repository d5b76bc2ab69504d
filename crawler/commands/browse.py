"""Scrapy's command `browse`: the reading room, pages over an archive in the browser."""

import argparse

from crawler.options.command import PlainCommand

DEFAULT_PORT = 8787
DEFAULT_REFRESH = 60.0


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] [--port N] [--host ADDRESS (--password-file FILE | --token)] [--open]"

    def short_desc(self) -> str:
        return "Search, read and compare the articles of an archive in the browser"

    def long_desc(self) -> str:
        return (
            "Opens a reading room over a folder or s3://bucket/prefix (default: the setting ARCHIVE): "
            "search, articles with their provenance, versions, takedowns, coverage, words over time, feeds. "
            "It only reads. Only this machine can open it, unless --host names another address. "
            "docs/browse.md describes the pages."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add(
            "--port", type=int, default=DEFAULT_PORT, metavar="N",
            help=f"port to listen on (default {DEFAULT_PORT}; 0: any free one)",
        )  # fmt: skip
        add(
            "--host", default="127.0.0.1", metavar="ADDRESS",
            help="address to listen on (default 127.0.0.1); another one needs a password or a token",
        )  # fmt: skip
        add(
            "--name", action="append", default=[], metavar="HOST",
            help="a further host name under which browsers reach the room; may be repeated",
        )  # fmt: skip
        add("--password-file", metavar="FILE", help="readers must give the password in this file")
        add("--token", action="store_true", help="readers need the address with the token that is printed")
        add("--replay", metavar="URL", help="address that scrapy replay printed: articles link to it")
        add(
            "--refresh", type=float, default=DEFAULT_REFRESH, metavar="SECONDS",
            help=f"look for new articles so often (default {DEFAULT_REFRESH:g})",
        )  # fmt: skip
        add("--open", action="store_true", help="open the browser")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from crawler.browse.needs import check_packages
        from crawler.options.archive import spool_of, storage_of
        from crawler.spider.loader import described_sites

        check_packages()
        from crawler.browse.opening import open_room
        from crawler.browse.options import options_of

        storage = storage_of(self.settings, self.archive_named(args))
        options = options_of(opts)
        open_room(
            storage,
            options,
            spool=spool_of(self.settings, storage),
            sites=tuple(described_sites(self.settings)),
            on_problem=self.complain,
        )
        return 0
