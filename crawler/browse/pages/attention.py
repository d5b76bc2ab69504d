"""Words over time: articles that hold a word, among a thousand articles of the same period and outlets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from crawler.browse.asked import read_search
from crawler.browse.drawing import Bar, bars
from crawler.browse.pages.names import Names
from crawler.browse.periods import by_month, filled, is_monthly
from crawler.browse.view import View
from crawler.search.query import Query

MOST_WORDS = 4
_MOST_OUTLETS = 12
_THOUSAND = 1_000
LEAST = 20  # articles of a period on whose rate a reader can rely


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """A word in a selection of outlets: by period, the articles that hold it and all articles."""

    word: str
    site: str | None  # None: all outlets together
    found: Mapping[str, int]
    every: Mapping[str, int]

    def rate(self, period: str) -> float:
        """Return the articles with the word per thousand; 0 where there is no article."""
        every = self.every.get(period, 0)
        return _THOUSAND * self.found.get(period, 0) / every if every else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """A series as it is drawn."""

    series: Series
    picture: Markup
    most: float  # of the axis


def attention(view: View) -> Response:
    """Make the page."""
    names = Names.of(view)
    pairs = [pair for pair in view.pairs if pair[0] in {"site", "from", "to", "exact"}]
    query = read_search(pairs).query
    texts = [value.strip() for name, value in view.pairs if name == "q" and value.strip()]
    words = list(dict.fromkeys(texts))[:MOST_WORDS]
    split = view.parameter("by") == "outlet"
    site = query.sites[0] if query.sites else None
    sites: list[str | None] = [site]
    if split and site is None:
        sites = [*list(names.outlets)[:_MOST_OUTLETS]]
    drawn = [_series(view, query, word, each) for word in words for each in sites]
    periods, drawn = _common(drawn)
    most = max((each.rate(period) for each in drawn for period in periods), default=0.0)
    return view.page(
        "attention.html",
        names=names,
        terms=words,
        fields=[*words, *[""] * (MOST_WORDS - len(words))],
        charts=[_chart(view, names, each, periods, most, place) for place, each in enumerate(drawn)],
        periods=periods,
        most=most,
        few=any(0 < each.every.get(period, 0) < LEAST for each in drawn for period in periods),
        least=LEAST,
        split=split,
        site=site,
        query=query,
        words=words[0] if words else "",
    )


def _series(view: View, asked: Query, word: str, site: str | None) -> Series:
    limits: dict[str, Any] = {"since": asked.since, "until": asked.until, "limit": 0, "sort": "newest"}
    sites = (site,) if site else ()
    found = view.room.index.search(Query(words=word, sites=sites, variants=asked.variants, **limits))
    days = view.room.catalogue.days(site)
    first = asked.since.isoformat() if asked.since else ""
    last = asked.until.isoformat() if asked.until else "9999"
    return Series(
        word=word,
        site=site,
        found={count.value: count.articles for count in found.timeline},
        every={day: count for day, count in days.items() if first <= day <= last},
    )


def _common(drawn: Sequence[Series]) -> tuple[list[str], list[Series]]:
    """Return the periods that all series share, and the series by these periods.

    They are days where every count is by day and the days fit; else months.
    """
    days = filled({day for each in drawn for day in each.every})
    monthly = any(is_monthly(each.found) for each in drawn) or len(days) > _DAYS_DRAWN
    if not monthly:
        return days, list(drawn)
    changed = [
        Series(word=each.word, site=each.site, found=by_month(each.found), every=by_month(each.every))
        for each in drawn
    ]
    return filled({month for each in changed for month in each.every}), changed


_DAYS_DRAWN = 130


def _chart(
    view: View, names: Names, series: Series, periods: Sequence[str], most: float, place: int
) -> Chart:
    words = view.wording
    highest = max(periods, key=series.rate, default="")
    label = words.word(
        "chart-label",
        word=series.word if series.site is None else f"{series.word} – {names.outlet(series.site)}",
        most=words.number(round(series.rate(highest), 1)),
        when=words.period(highest),
    )
    drawn = [_bar(view, series, period) for period in periods]
    return Chart(series=series, picture=bars(f"chart{place}", drawn, label, most=most), most=most)


def _bar(view: View, series: Series, period: str) -> Bar:
    words = view.wording
    every, rate = series.every.get(period, 0), series.rate(period)
    if not every:
        return Bar(value=0, tip=words.word("gap-tip", period=words.period(period)), gap=True)
    tip = words.word(
        "bar-tip",
        period=words.period(period),
        value=words.number(round(rate, 1)),
        found=words.number(series.found.get(period, 0)),
        all=words.number(every),
    )
    return Bar(value=rate, tip=tip, few=every < LEAST)
