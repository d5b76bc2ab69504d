"""Scrapy's command `extract`: read the articles out of HTML, WARC or WACZ files."""

import argparse

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.errors import UsageError, WarraqError
from crawler.options.command import PlainCommand


class Command(PlainCommand):
    def syntax(self) -> str:
        return "SOURCE… [--url URL] [--explain]"

    def short_desc(self) -> str:
        return "Read the articles out of HTML, WARC and WACZ files: one JSON object a line on stdout"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--explain",
            action="store_true",
            help="print which layer gave which field, and what the other layers had, in place of the article",
        )
        parser.add_argument(
            "--url", help="address that an HTML file was served under (default: what the page says)"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if not args:
            raise ScrapyUsageError("Name one or more HTML, WARC or WACZ files.")
        import asyncio

        from crawler.extract.reader import PageReader
        from crawler.lanes import cores
        from crawler.spider.loader import described_sites

        reader = PageReader(
            url=_checked(opts.url),
            sites=tuple(described_sites(self.settings)),
            explain=opts.explain,
            on_problem=self.complain,
        )
        lanes = self.settings.getint("EXTRACTION_LANES") or cores()
        asyncio.run(reader.run(args, lanes, self.settings.getfloat("EXTRACTION_TIMEOUT")))
        if reader.no_article:
            reasons = ", ".join(f"{reason} {count}" for reason, count in reader.no_article.most_common())
            self.complain(
                f"{reader.articles} articles; no article in {reader.no_article.total()} pages ({reasons})."
            )
        return reader.status


def _checked(url: str | None) -> str | None:
    from crawler.urls import ascii_url

    try:
        return None if url is None else ascii_url(url)
    except WarraqError:
        raise UsageError(f"--url {url!r} is not an address: write it as https://any.site/page") from None
