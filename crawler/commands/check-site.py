"""scrapy check-site SITE: is a live site still as its description says? A look of half a minute."""  # noqa: N999 - Scrapy names a command after its module

import argparse
import difflib
import json
import sys
from urllib.parse import urlsplit

from rich.console import Console
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.settings import Settings

from crawler.discovery.detect import Detect
from crawler.errors import InvalidUrlError, UsageError
from crawler.options.command import PlainCommand
from crawler.site import Site, unknown_site
from crawler.spider.described import described_sites
from crawler.survey.picture import show
from crawler.survey.process import CutShortError, survey
from crawler.urls import ascii_url

WIDTH = 160  # of the tables where there is no terminal


class Command(PlainCommand):
    def syntax(self) -> str:
        return "SITE|URL [--json]"

    def short_desc(self) -> str:
        return "Ask a live site for its lists and five articles: exit code 0 where all is well"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        assert isinstance(self.settings, Settings)  # noqa: S101 - Scrapy sets it before execute
        if len(args) != 1:
            raise ScrapyUsageError(
                "Name one site (scrapy sites lists them) or an address like https://any.site/"
            )
        site = self._site(args[0])
        try:
            report = survey(site, self.settings).report
        except CutShortError:
            self.complain("The look at the site was cut short.")
            return 130
        if opts.json:
            json.dump(report.record(), sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            width = None if sys.stdout.isatty() else WIDTH
            show(report, Console(markup=False, highlight=False, width=width))
        return 0 if report.healthy else 1

    def _site(self, named: str) -> Site:
        """The site of that name, or whatever lies at that address. Raises UsageError."""
        if "/" in named:
            return site_at(named)
        sites = {site.name: site for site in described_sites(self.settings)}
        if named not in sites:
            near = difflib.get_close_matches(named, sites, n=3, cutoff=0.4)
            hint = f"Did you mean {' or '.join(near)}?" if near else "scrapy sites lists the known ones."
            raise UsageError(f"There is no site {named!r}. {hint} Any address goes: https://any.site/")
        return sites[named]


def site_at(address: str) -> Site:
    """The site of an address that nobody described. Raises UsageError."""
    try:
        url = ascii_url(address)
        return unknown_site(urlsplit(url).netloc, sources=(Detect(url),))
    except (InvalidUrlError, ValueError):
        raise UsageError(f"{address!r} is no address: write it as https://any.site/") from None
