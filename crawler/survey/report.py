"""The result of a survey, and whether the site is healthy. Pure values."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

READ = ("title", "text", "published", "authors", "section", "tags", "subtitle", "agency", "dateline")
EXPECTED = ("published", "authors", "section", "tags")  # fields of most articles of most outlets
STALE = timedelta(days=30)  # a list whose newest entry is older gets a note


@dataclass(frozen=True, kw_only=True, slots=True)
class RobotsReport:
    """The robots.txt of a host."""

    host: str
    status: int | None  # None: no response
    crawl_delay: float | None = None  # seconds
    sitemaps: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ListReport:
    """A list that was requested."""

    source: int  # number of the site's source that led to it, from 0
    kind: str
    url: str
    depth: int = 0  # of a sitemap: number of indexes above it
    status: int | None = None  # None: no response
    failure: str | None = None  # reason: robots, timeout, http-404…
    entries: int = 0  # articles of the site
    lists: int = 0  # further lists
    newest: datetime | None = None
    refused: dict[str, int] = field(default_factory=dict)  # entries and lists not followed, by reason


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleReport:
    """A page that was requested and read."""

    url: str
    status: int | None = None
    failure: str | None = None
    reason: str | None = None  # why the page has no article
    title: str | None = None
    published: datetime | None = None
    language: str | None = None
    words: int = 0
    theme: str | None = None
    layers: dict[str, str] = field(default_factory=dict)  # field -> layer that supplied it

    @property
    def read(self) -> bool:
        return self.failure is None and self.reason is None

    @property
    def missing(self) -> list[str]:
        return [name for name in READ if name not in self.layers] if self.read else []


@dataclass(frozen=True, kw_only=True)
class SurveyReport:
    """The result of one survey."""

    site: str
    address: str
    sources: tuple[str, ...]  # the site's, as "kind address"
    robots: tuple[RobotsReport, ...]
    lists: tuple[ListReport, ...]
    articles: tuple[ArticleReport, ...]
    requests: int
    seconds: float
    ended: str | None = None  # why the survey ended early
    asked_at: datetime  # aware

    @property
    def problems(self) -> list[str]:
        """Sentences about what makes the site unhealthy."""
        return [*self._source_problems(), *self._article_problems()]

    @property
    def notes(self) -> list[str]:
        """Sentences about what is worth knowing and not a problem."""
        notes = list(self._stale_lists())
        read = [article for article in self.articles if article.read]
        absent = [name for name in EXPECTED if read and all(name in article.missing for article in read)]
        if absent:
            notes.append(f"No article had {', '.join(absent)}.")
        return notes + ([f"Not everything was asked: {self.ended}."] if self.ended else [])

    @property
    def healthy(self) -> bool:
        return not self.problems

    def record(self) -> dict[str, Any]:
        """Return the report as a value for JSON, with times as RFC 3339."""
        values: dict[str, Any] = _plain(asdict(self))
        for row, article in zip(values["articles"], self.articles, strict=True):
            row["missing"] = article.missing
        return values | {"problems": self.problems, "notes": self.notes, "healthy": self.healthy}

    def _stale_lists(self) -> Iterator[str]:
        """Yield sentences about lists without new entries, compared with the other lists and with today."""
        dated = [(report.newest, report.url) for report in self.lists if report.newest]
        newest = max(dated, default=None)
        if newest and self.asked_at - newest[0] > STALE:
            yield f"The newest entry of all lists is of {newest[0]:%Y-%m-%d}."
        for moment, url in dated:
            if newest and newest[0] - moment > STALE:
                yield f"{url} looks abandoned: its newest entry is of {moment:%Y-%m-%d}."

    def _source_problems(self) -> Iterator[str]:
        for number, name in enumerate(self.sources):
            lists = [report for report in self.lists if report.source == number]
            if not lists:
                yield f"{name} was not asked."
            elif not any(report.entries for report in lists):
                why = Counter(report.failure or _refusals(report) for report in lists)
                yield f"{name} named no article ({', '.join(why)})."

    def _article_problems(self) -> Iterator[str]:
        if not self.articles:
            if any(report.entries for report in self.lists):
                yield "No page was asked for."
            return
        read = [article for article in self.articles if article.read]
        why = ", ".join(sorted({article.failure or article.reason or "" for article in self.articles} - {""}))
        if 2 * len(read) < len(self.articles):
            yield f"{len(read)} of {len(self.articles)} pages gave an article ({why})."
        undated = sum("published" in article.missing for article in read)
        if 2 * undated > len(read):
            yield f"{undated} of {len(read)} articles had no date of publication."


def _refusals(report: ListReport) -> str:
    return next(iter(report.refused), "empty")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
