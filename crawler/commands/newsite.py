"""scrapy newsite URL: describe a site that nobody described, and record a page of it as its test."""

import argparse
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Column, Table
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.conf import closest_scrapy_cfg

from crawler.errors import ArchiveError, InvalidUrlError, UsageError, WarraqError
from crawler.items import Article
from crawler.options.command import PlainCommand
from crawler.site import Checked, Site, unknown_site
from crawler.spider.described import described_sites
from crawler.survey.draft import Draft, Evidence, draft
from crawler.survey.newcomer import asked, best_case, recorded
from crawler.survey.process import CutShortError
from crawler.survey.recorded_case import write_case
from crawler.survey.source_file import source_file
from crawler.urls import ascii_url

WIDTH = 110  # of the table where there is no terminal
_RIGHTS = (
    "The recorded page is the outlet's work. Publish it only where you may; else keep it out of the\n"
    "repository: --cases FOLDER writes it elsewhere, and WARRAQ_CASES=FOLDER lets the tests read it there."
)


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[URL] [--page FILE] [--name NAME] [--cases FOLDER]"

    def short_desc(self) -> str:
        return "Look at a site, write its file in spiders/ and a recorded page as its test"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--page", metavar="FILE", help="a recorded page (HTML, WARC, WACZ): nothing is asked"
        )
        parser.add_argument("--name", help="name of the site (else: made of its host)")
        parser.add_argument(
            "--cases", metavar="FOLDER", help="where the recorded page goes (else: tests/sites)"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        url = _checked(args, opts.page)
        if url is not None:
            self._check_new(urlsplit(url).hostname or "", urlsplit(url).port)
        config = closest_scrapy_cfg()
        if not config:  # the egg of a server has no folder to write into
            raise UsageError(
                "A new site is written into the project: go to its folder, where scrapy.cfg lies."
            )
        root = Path(config).parent
        own_cases = root / "tests" / "sites"
        cases = Path(opts.cases) if opts.cases else own_cases
        try:
            evidence, known_from = self._evidence(url, opts.page)
        except CutShortError:
            self.complain("The look at the site was cut short; nothing was written.")
            return 130
        status: Checked = "live" if opts.page is None else "declared"
        if cases.resolve() == own_cases.resolve():
            status = "recorded"
        try:
            drafted = draft(evidence, name=opts.name, checked=status)
        except ValueError as error:
            raise UsageError(f"{error} Name the site with --name.") from error
        self._show(drafted, evidence)
        site = drafted.site
        spider = root / self._package() / f"{site.name}.py"
        self._check_free(site, spider, cases)
        case = best_case(evidence.readings, site)
        if isinstance(case, str):
            raise WarraqError(f"No page gave an article ({case}); nothing was written.")
        page, article = case
        folder = cases / site.name / f"{page.fetched_at:%Y-%m-%d}"
        write_case(folder, page, article)
        _write(spider, source_file(site, known_from=known_from, themes=drafted.themes))
        sys.stdout.write(f"\nWritten: {spider}\n         {folder}/page.html, expected.json\n\n")
        sys.stdout.write(
            "Look at both: what expected.json says must be what the page says. Then run\n"
            f"  python -m pytest tests/sites -k {site.name}\n\n{_RIGHTS}\n"
        )
        return 0

    def _evidence(self, url: str | None, file: str | None) -> tuple[Evidence, str]:
        assert isinstance(self.settings, Settings)  # noqa: S101 - Scrapy sets it before execute
        if file is not None:
            return recorded(
                Path(file), url
            ), "what a recorded page leads to; the crawl looks for the rest itself"
        if url is None:
            raise ScrapyUsageError("Name an address like https://any.site/, or a recorded page with --page.")
        return asked(url, self.settings), "these answered when the site was described"

    def _package(self) -> Path:
        return Path(*str(self.settings["NEWSPIDER_MODULE"]).split("."))

    def _check_new(self, host: str, port: int | None) -> None:
        """Raise UsageError where somebody described the site before: nothing need be asked then."""
        domain = host.removeprefix("www.")
        for each in described_sites(self.settings):
            if (each.domain, each.port) == (domain, port):
                raise UsageError(f"{domain} is described already: spiders/{each.name}.py.")

    def _check_free(self, site: Site, spider: Path, cases: Path) -> None:
        """Raise UsageError where something of that name is there already."""
        if not site.name.isidentifier():
            raise UsageError(f"{site.name!r} makes no module's name: name the site with --name.")
        self._check_new(site.domain, site.port)
        if site.name in get_spider_loader(self.settings).list() or spider.exists():
            raise UsageError(f"There is a site {site.name!r} already: name this one with --name.")
        if not spider.parent.is_dir():
            raise ArchiveError(f"{spider.parent} is no folder, so nothing can be written there.")
        if (cases / site.name).exists():
            raise UsageError(f"{cases / site.name} is there already; nothing is overwritten.")

    def _show(self, drafted: Draft, evidence: Evidence) -> None:
        site = drafted.site
        articles = [one.outcome for one in evidence.readings if isinstance(one.outcome, Article)]
        dates = Counter(one.layers.get("published", "none") for one in articles)
        platform = drafted.platform or "not one that is known"
        rows = {
            "site": f"{site.name}, {site.domain}",
            "outlet": " / ".join(dict.fromkeys(site.outlet_names)),
            "platform": platform + (f", theme {', '.join(drafted.themes)}" if drafted.themes else ""),
            "lists": "\n".join(f"{source.kind} {getattr(source, 'url', '')}" for source in site.sources),
            "articles named": str(len(evidence.articles)),
            "article pattern": site.article_url or "none: told by shape",
            "country, clock": f"{site.country or 'unknown'}, {site.timezone or 'unknown'}",
            "languages": ", ".join(site.languages),
            "pages read": f"{len(articles)} articles of {len(evidence.readings)} pages",
            "dates from": ", ".join(f"{layer} {count}" for layer, count in dates.items()),
        }
        grid = Table("found", Column("", overflow="fold"))
        for name, value in rows.items():
            grid.add_row(name, value)
        width = None if sys.stdout.isatty() else WIDTH
        console = Console(markup=False, highlight=False, width=width)
        console.print(grid)
        for doubt in drafted.doubts:
            console.print(f"- {doubt}", soft_wrap=True)


def _checked(args: list[str], page: str | None) -> str | None:
    """The address given, or None where the recorded page tells its own."""
    if len(args) > 1 or not (args or page):
        raise ScrapyUsageError(
            "Name one address like https://any.site/, or a recorded page with --page FILE."
        )
    if not args:
        return None
    try:
        url = ascii_url(args[0])
        unknown_site(urlsplit(url).netloc)
    except (InvalidUrlError, ValueError):
        raise UsageError(f"{args[0]!r} is no address: write it as https://any.site/") from None
    return url if urlsplit(url).path else f"{url}/"


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written: {error.strerror or error}.") from error
