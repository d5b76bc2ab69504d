"""Scrapy's command `check-site`: ask a live site for its lists and five articles, in half a minute."""  # noqa: N999 - Scrapy names a command after its module

import argparse
import json
import sys

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.options.command import PlainCommand


class Command(PlainCommand):
    def syntax(self) -> str:
        return "SITE|URL [--json]"

    def short_desc(self) -> str:
        return "Ask a live site for its lists and five articles; exit code 0 if the site is healthy"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if len(args) != 1:
            raise ScrapyUsageError(
                "Name one site (scrapy sites lists them) or an address like https://any.site/"
            )
        from crawler.options.terminal import console_for
        from crawler.spider.described import described_sites
        from crawler.survey.named import site_named
        from crawler.survey.output import print_progress, print_report
        from crawler.survey.process import CutShortError, survey

        site = site_named(args[0], {site.name: site for site in described_sites(self.settings)})
        try:
            report = survey(site, self.settings, print_progress).report
        except CutShortError:
            self.complain("The look at the site was cut short.")
            return 130
        if opts.json:
            json.dump(report.record(), sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            print_report(report, console_for())
        return 0 if report.healthy else 1
