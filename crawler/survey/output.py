"""The report of a survey and the draft of a site as text for a person."""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from crawler.discovery.shape import readable
from crawler.items import Article
from crawler.options.terminal import Column, print_table
from crawler.survey.draft import Draft, Evidence
from crawler.survey.report import READ, ArticleReport, ListReport, SurveyReport

if TYPE_CHECKING:
    from rich.console import Console

# characters that control a terminal or change the direction of a line
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LAYERS = {"jsonld": "JSON-LD", "opengraph": "OpenGraph"}
_NONE = "—"
_LIST_COLUMNS = (
    Column(header="found by"),
    Column(header="list", breaks="anywhere"),
    Column(header="answer"),
    Column(header="articles", justify="right"),
    Column(header="lists", justify="right", dropped=1),
    Column(header="newest"),
    Column(header="refused", breaks="words", dropped=2),
)


def print_progress(line: str) -> None:
    """Print a line on stderr where that is a terminal: a survey takes up to half a minute."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{_safe(readable(line))}\n")


def print_report(report: SurveyReport, console: "Console") -> None:
    """Print which lists and pages were requested, what they gave, and what is wrong."""
    for line in _robots(report):
        console.print(line, soft_wrap=True)
    print_table(console, _LIST_COLUMNS, map(_list_row, report.lists))
    if report.articles:
        _print_articles(report, console)
    for number, article in enumerate(report.articles, 1):
        console.print(_safe(f"{number}. {article.title or ''}  {readable(article.url)}"), soft_wrap=True)
    for note in report.notes:
        console.print(f"- {_safe(note)}", soft_wrap=True)
    for problem in report.problems:
        console.print(f"! {_safe(problem)}", style="bold red", soft_wrap=True)
    verdict = "healthy" if report.healthy else "not healthy"
    console.print(
        f"{report.site} is {verdict}: {report.requests} requests in {report.seconds:g} s.", soft_wrap=True
    )


def print_draft(drafted: Draft, evidence: Evidence, console: "Console") -> None:
    """Print what a new site's file will say, and what its author has to look up."""
    site = drafted.site
    articles = [one.outcome for one in evidence.readings if isinstance(one.outcome, Article)]
    dates = Counter(one.layers.get("published", "none") for one in articles)
    platform = drafted.platform or "none that is known"
    rows: dict[str, str | list[str]] = {
        "site": f"{site.name}, {site.domain}",
        "outlet": " / ".join(dict.fromkeys(site.outlet_names)),
        "platform": platform + (f", theme {', '.join(drafted.themes)}" if drafted.themes else ""),
        "lists": [f"{source.kind} {getattr(source, 'url', '')}" for source in site.sources],
        "articles named": str(len(evidence.articles)),
        "article pattern": site.article_url or "none: the shape of an address decides",
        "country, clock": f"{site.country or 'unknown'}, {site.timezone or 'unknown'}",
        "languages": ", ".join(site.languages),
        "pages read": f"{len(articles)} articles of {len(evidence.readings)} pages",
        "dates from": ", ".join(f"{layer} {count}" for layer, count in dates.items()),
    }
    columns = (Column(header="found"), Column(header="", breaks="anywhere"))
    lines = {name: [value] if isinstance(value, str) else value for name, value in rows.items()}
    print_table(console, columns, ((name, "\n".join(map(_safe, lines[name]))) for name in rows))
    for doubt in drafted.doubts:
        console.print(f"- {doubt}", soft_wrap=True)


def _robots(report: SurveyReport) -> Iterator[str]:
    if not report.robots:
        yield "robots.txt: no answer"
    for robots in report.robots:
        delay = f", crawl-delay {robots.crawl_delay:g} s" if robots.crawl_delay else ""
        yield f"robots.txt of {robots.host}: {robots.status}, names {robots.sitemaps} sitemaps{delay}"


def _list_row(one: ListReport) -> list[str]:
    return [
        one.kind,
        _safe(readable(one.url.partition("?")[0])),
        one.failure or str(one.status),
        str(one.entries),
        str(one.lists),
        _day(one.newest),
        ", ".join(f"{reason} {count}" for reason, count in one.refused.items()),
    ]


def _print_articles(report: SurveyReport, console: "Console") -> None:
    fields = [name for name in READ if name != "text"]
    columns = [
        Column(header="page"),
        Column(header="text", breaks="words"),
        # a table that is too wide loses its last fields first
        *(Column(header=name, dropped=len(fields) - rank) for rank, name in enumerate(fields)),
    ]
    print_table(console, columns, (_article_row(n, one, fields) for n, one in enumerate(report.articles, 1)))


def _article_row(number: int, one: ArticleReport, fields: list[str]) -> list[str]:
    if not one.read:
        return [str(number), one.failure or f"no article: {one.reason}", *("" for _ in fields)]
    layers = {name: _LAYERS.get(layer, layer) for name, layer in one.layers.items()}
    text = f"{one.words} words: {layers['text']}"
    return [str(number), text, *(_cell(one, name, layers) for name in fields)]


def _cell(article: ArticleReport, name: str, layers: dict[str, str]) -> str:
    layer = layers.get(name, _NONE)
    return f"{_day(article.published)}: {layer}" if name == "published" and article.published else layer


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else _NONE


def _safe(text: str) -> str:
    """Replace control characters: the text of a site must not control the terminal."""
    return _CONTROLS.sub("\ufffd", text)
