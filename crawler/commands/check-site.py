"""Scrapy's command `check-site`: ask a live site for its lists and five articles, in half a minute."""  # noqa: N999 - Scrapy names a command after its module

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.errors import UsageError, WarraqError
from crawler.options.command import PlainCommand


class Command(PlainCommand):
    def syntax(self) -> str:
        return "SITE|URL [--json]  or  --all [--limit-time SECONDS] [--proposal FILE]"

    def short_desc(self) -> str:
        return "Ask a live site for its lists and five articles; exit code 0 if the site is healthy"

    def long_desc(self) -> str:
        return (
            "With --all it checks the outlets of the table, four at a time, those without a check first, and "
            "writes a patch of the table: docs/outlets.md."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--json", action="store_true", help="print one JSON object")
        add("--all", action="store_true", help="check every outlet of the table")
        add("--limit-time", metavar="SECONDS", type=float, help="with --all: start no check after this time")
        add(
            "--proposal",
            metavar="FILE",
            default="outlets.patch",
            help="with --all: the patch of the table to write (default: outlets.patch)",
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if opts.all:
            return self._check_all(args, opts.limit_time, Path(opts.proposal))
        if len(args) != 1:
            raise ScrapyUsageError(
                "Name one site (scrapy sites lists them) or an address like https://any.site/"
            )
        from crawler.options.terminal import console_for
        from crawler.spider.loader import described_sites
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

    def _check_all(self, args: list[str], seconds: float | None, file: Path) -> int:
        """Check the outlets of the table and write the proposal; 1 if one of them is not healthy."""
        from crawler.registry.table import outlets
        from crawler.survey.walk import look_with, order, proposal, reports, verdict

        if args:
            raise UsageError("--all checks every outlet of the table; name no site beside it.")
        if seconds is not None and seconds <= 0:
            raise UsageError(f"--limit-time {seconds:g} leaves no time: write seconds, like 3600.")
        if file.exists():
            raise UsageError(f"{file} exists; nothing is overwritten. Name another with --proposal.")
        found = {}
        for name, report in reports(order(outlets().values()), look_with(self.settings), seconds):
            found[name] = report
            sys.stdout.write(f"{name}: {verdict(report)}\n")
            sys.stdout.flush()
        healthy = sum(bool(report) and report["healthy"] for report in found.values())
        if patch := proposal(found, datetime.now(UTC).date()):
            try:
                file.write_text(patch, "utf-8")
            except OSError as error:
                raise WarraqError(f"{file} cannot be written: {error.strerror or error}.") from error
            sys.stdout.write(f"Written: {file}. Read it, then apply it: git apply {file}\n")
        sys.stdout.write(f"{healthy} of {len(found)} outlets are healthy.\n")
        return 0 if healthy == len(found) else 1
