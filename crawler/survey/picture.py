"""A survey's report for the eyes of a person."""

import re
from collections.abc import Iterator
from datetime import datetime

from rich.console import Console
from rich.table import Column, Table

from crawler.discovery.shape import readable
from crawler.survey.report import READ, ArticleReport, ListReport, SurveyReport

# what could make a terminal do something, or turn a line around
_COMMANDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LAYERS = {"jsonld": "JSON-LD", "opengraph": "OpenGraph"}


def show(report: SurveyReport, console: Console) -> None:
    """Print the report: what was asked, what came, what is missing."""
    for line in _robots(report):
        console.print(line, soft_wrap=True)
    console.print(_lists(report))
    if report.articles:
        console.print(_articles(report))
    for number, article in enumerate(report.articles, 1):
        console.print(_safe(f"{number}. {article.title or ''}  {readable(article.url)}"), soft_wrap=True)
    for note in report.notes:
        console.print(f"- {note}", soft_wrap=True)
    for problem in report.problems:
        console.print(f"! {problem}", style="bold red", soft_wrap=True)
    verdict = "healthy" if report.healthy else "not healthy"
    console.print(
        f"{report.site} is {verdict}: {report.requests} requests in {report.seconds:g} s.", soft_wrap=True
    )


def _robots(report: SurveyReport) -> Iterator[str]:
    if not report.robots:
        yield "robots.txt: no answer"
    for robots in report.robots:
        delay = f", crawl-delay {robots.crawl_delay:g} s" if robots.crawl_delay else ""
        yield f"robots.txt of {robots.host}: {robots.status}, names {robots.sitemaps} sitemaps{delay}"


def _lists(report: SurveyReport) -> Table:
    grid = Table(
        "found by", Column("list", overflow="fold"), "answer", "articles", "lists", "newest", "refused"
    )
    for one in report.lists:
        grid.add_row(
            one.kind,
            _safe(readable(one.url.partition("?")[0])),
            _answer(one),
            str(one.entries),
            str(one.lists),
            _day(one.newest),
            ", ".join(f"{reason} {count}" for reason, count in one.refused.items()),
        )
    return grid


def _articles(report: SurveyReport) -> Table:
    shown = [name for name in READ if name != "text"]
    grid = Table("page", "text", *shown)
    for number, one in enumerate(report.articles, 1):
        if not one.read:
            grid.add_row(str(number), one.failure or f"no article: {one.reason}", *("" for _ in shown))
            continue
        layers = {name: _LAYERS.get(layer, layer) for name, layer in one.layers.items()}
        grid.add_row(
            str(number), f"{one.words} words: {layers['text']}", *(_cell(one, name, layers) for name in shown)
        )
    return grid


def _cell(article: ArticleReport, name: str, layers: dict[str, str]) -> str:
    layer = layers.get(name, "—")
    return f"{_day(article.published)}: {layer}" if name == "published" and article.published else layer


def _answer(one: ListReport) -> str:
    return one.failure or str(one.status)


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "—"


def _safe(text: str) -> str:
    """A site's own words, for a terminal to print and not to obey."""
    return _COMMANDS.sub("\ufffd", text)
