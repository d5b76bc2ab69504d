"""Describe a site that has no file in spiders/: write the file, and a recorded page as its test."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.conf import closest_scrapy_cfg

from crawler.errors import ArchiveError, UsageError, WarraqError
from crawler.site import Checked, Site
from crawler.spider.loader import described_sites
from crawler.survey.draft import Draft, Evidence, draft
from crawler.survey.newcomer import best_case, evidence_of_file, evidence_of_site
from crawler.survey.recorded_case import write_case
from crawler.survey.source_file import source_file, write_source


@dataclass(frozen=True, kw_only=True, slots=True)
class Newcomer:
    """The description of a new site, and the page and lists that it was made from."""

    draft: Draft
    evidence: Evidence
    known_from: str  # how the addresses of its lists are known; a comment in the site's file


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """The folders of the Scrapy project that a new site is written into."""

    root: Path
    cases: Path  # folder of the recorded pages
    settings: Settings

    @classmethod
    def here(cls, settings: Settings, cases: str | None) -> "Project":
        """Return the project around the working directory. Raises UsageError where there is none."""
        config = closest_scrapy_cfg()
        if not config:  # a deployed egg has no folder to write into
            raise UsageError(
                "A new site is written into the project: go to its folder, where scrapy.cfg lies."
            )
        root = Path(config).parent
        return cls(root=root, cases=Path(cases) if cases else root / "tests" / "sites", settings=settings)

    @property
    def has_own_cases(self) -> bool:
        """Whether the recorded pages lie where the project's tests read them."""
        return self.cases.resolve() == (self.root / "tests" / "sites").resolve()

    def spider_path(self, site: Site) -> Path:
        package = str(self.settings["NEWSPIDER_MODULE"]).split(".")
        return self.root.joinpath(*package, f"{site.name}.py")

    def check_undescribed(self, host: str, port: int | None) -> None:
        """Raise UsageError where the project describes the site of that host already."""
        domain = host.removeprefix("www.")
        for each in described_sites(self.settings):
            if (each.domain, each.port) == (domain, port):
                raise UsageError(f"{domain} is described already, as the site {each.name}.")

    def check_free(self, site: Site) -> None:
        """Raise UsageError where a site, a file or a case of that name exists already."""
        path = self.spider_path(site)
        if not site.name.isidentifier():
            raise UsageError(f"{site.name!r} is not the name of a Python module: name the site with --name.")
        self.check_undescribed(site.domain, site.port)
        if site.name in get_spider_loader(self.settings).list() or path.exists():
            raise UsageError(f"There is a site {site.name!r} already: name this one with --name.")
        if not path.parent.is_dir():
            raise ArchiveError(f"{path.parent} is not a folder, so nothing can be written there.")
        if (self.cases / site.name).exists():
            raise UsageError(f"{self.cases / site.name} exists already; nothing is overwritten.")


def describe(
    project: Project,
    url: str | None,
    page: str | None,
    name: str | None,
    on_progress: Callable[[str], object],
) -> Newcomer:
    """Describe the site at an address, or the site of a recorded page; one of the two is given.

    `on_progress` gets a line for each request.

    Raises UsageError where the project knows the site or the name makes no site, CutShortError after Ctrl-C,
    ArchiveError where the page cannot be read.
    """
    if url is not None:
        project.check_undescribed(urlsplit(url).hostname or "", urlsplit(url).port)
    status: Checked = "live" if page is None else "declared"
    if page is not None:
        evidence = evidence_of_file(Path(page), url)
        known_from = "what a recorded page leads to; the crawl looks for the rest itself"
    elif url is not None:
        evidence = evidence_of_site(url, project.settings, on_progress)
        known_from = "these answered when the site was described"
    else:
        raise UsageError("Name an address like https://any.site/, or a recorded page with --page.")
    if project.has_own_cases:
        status = "recorded"
    try:
        drafted = draft(evidence, name=name, checked=status)
    except ValueError as error:
        raise UsageError(f"{error} Name the site with --name.") from error
    return Newcomer(draft=drafted, evidence=evidence, known_from=known_from)


def write_site(project: Project, newcomer: Newcomer) -> tuple[Path, Path]:
    """Write the site's file and its case; return the path of the file and the folder of the case.

    Raises UsageError where one of them exists, WarraqError where no page gave an article, ArchiveError where
    a file cannot be written.
    """
    site = newcomer.draft.site
    path = project.spider_path(site)
    project.check_free(site)
    case = best_case(newcomer.evidence.readings, site)
    if isinstance(case, str):
        raise WarraqError(f"No page gave an article ({case}); nothing was written.")
    page, article = case
    text = source_file(site, known_from=newcomer.known_from, themes=newcomer.draft.themes)
    folder = project.cases / site.name / f"{page.fetched_at:%Y-%m-%d}"
    write_case(folder, page, article)
    write_source(path, text)
    return path, folder
