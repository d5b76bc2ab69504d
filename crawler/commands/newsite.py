"""Scrapy's command `newsite`: describe a new site, and record one of its pages as a test."""

import argparse
import sys
from urllib.parse import urlsplit

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.options.command import PlainCommand

_RIGHTS = (
    "The recorded page is the outlet's work. Publish it only where you may; else keep it out of the\n"
    "repository: --cases FOLDER writes it elsewhere, and WARRAQ_CASES=FOLDER lets the tests read it there."
)


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[URL] [--page FILE] [--name NAME] [--cases FOLDER]"

    def short_desc(self) -> str:
        return "Look at a site; write its file in spiders/ and a recorded page as its test"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--page", metavar="FILE", help="a recorded page (HTML, WARC, WACZ); the site itself is not asked")
        add("--name", help="name of the site (default: made from its host)")
        add("--cases", metavar="FOLDER", help="where the recorded page goes (default: tests/sites)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if len(args) > 1 or not (args or opts.page):
            raise ScrapyUsageError(
                "Name one address like https://any.site/, or a recorded page with --page FILE."
            )
        from crawler.options.terminal import console_for
        from crawler.survey.named import checked_address
        from crawler.survey.newsite import Project, describe, write_site
        from crawler.survey.output import print_draft, print_progress
        from crawler.survey.process import CutShortError

        url = checked_address(args[0]) if args else None
        if url is not None and not urlsplit(url).path:
            url += "/"
        project = Project.here(self.settings, opts.cases)
        try:
            newcomer = describe(project, url, opts.page, opts.name, print_progress)
        except CutShortError:
            self.complain("The look at the site was cut short; nothing was written.")
            return 130
        print_draft(newcomer.draft, newcomer.evidence, console_for())
        path, folder = write_site(project, newcomer)
        sys.stdout.write(
            f"\nWritten: {path}\n         {folder}/page.html, expected.json\n\n"
            "Look at both: expected.json must hold what the page says. Then run\n"
            f"  python -m pytest tests/sites -k {newcomer.draft.site.name}\n\n{_RIGHTS}\n"
        )
        return 0
