"""Make the page of a whole archive."""

from collections import Counter
from collections.abc import Sequence

from lxml import etree

from crawler import __version__
from crawler.report.overview import FIELDS as SHOWN
from crawler.report.overview import UNKNOWN, Overview, SiteOverview
from crawler.report.page import (
    arabic_text,
    bar,
    bilingual,
    clean_text,
    counted,
    document,
    foreign_text,
    node,
    outlet_names,
    section,
    tiles,
)
from crawler.report.run_charts import by_month, is_day, published_figure
from crawler.report.words import FIELDS
from crawler.run.summary import readable_bytes

COUNTRIES = 30
_SPARK_HEIGHT = 30
_MIN_MONTHS = 24  # a small chart has room for so many
_MAX_MONTHS = 480  # of a small chart: 40 years


def overview_page(overview: Overview, made: str) -> bytes:
    """Return the whole page in UTF-8; `made` is the time of its making, as text."""
    sites = overview.sites
    days: Counter[str] = Counter()
    for site in sites:
        days.update({day: number for day, number in site.days.items() if is_day(day)})
    return document(
        f"Warraq · {clean_text(overview.address, 80)}",
        node(
            "header",
            node("p", *bilingual("archive"), class_="soft"),
            node("h1", node("bdi", clean_text(overview.address))),
            node("p", made, class_="soft"),
        ),
        _numbers(sites),
        _unread(overview.unread),
        node("div", published_figure(days, max_days=0), _countries(sites), class_="grid"),
        node("div", *(_site(site) for site in sites), class_="grid"),
        node("footer", node("p", node("code", "scrapy report")), node("p", f"Warraq {__version__}")),
    )


def _numbers(sites: Sequence[SiteOverview]) -> etree._Element:
    undated = sum(site.months[UNKNOWN] for site in sites)
    return tiles(
        [
            ("sites", f"{len(sites):,}"),
            ("articles", f"{sum(site.articles for site in sites):,}"),
            ("rows", f"{sum(site.rows for site in sites):,}"),
            ("undated", f"{undated:,}"),
            ("runs", f"{sum(site.runs for site in sites):,}"),
            ("kept", readable_bytes(sum(site.warc_bytes for site in sites))),
            ("tables", readable_bytes(sum(site.table_bytes for site in sites))),
        ]
    )


def _unread(sentences: Sequence[str]) -> etree._Element | None:
    if not sentences:
        return None
    return section("unread", node("ul", *(node("li", foreign_text(each)) for each in sentences)))


def _countries(sites: Sequence[SiteOverview]) -> etree._Element:
    articles: Counter[str | None] = Counter()
    number: Counter[str | None] = Counter()
    for site in sites:
        articles[site.country] += site.articles
        number[site.country] += 1
    ordered = sorted(articles.items(), key=lambda each: (-each[1], each[0] or ""))
    rows = []
    for country, many in ordered[:COUNTRIES]:
        name = node("span", *bilingual("somewhere")) if country is None else foreign_text(country)
        rows.append((node("span", name, node("span", f"{number[country]:,} sites", class_="mean")), many))
    return section("countries", counted(rows, others=sum(many for _, many in ordered[COUNTRIES:])))


def _site(site: SiteOverview) -> etree._Element:
    known = sorted(day for day in site.days if is_day(day))
    facts = [
        _fact("articles", f"{site.articles:,}"),
        _fact("first", known[0]) if known else None,
        _fact("last", known[-1]) if known else None,
        _fact("undated", f"{site.months[UNKNOWN]:,}") if site.months[UNKNOWN] else None,
        _fact("kept", readable_bytes(site.warc_bytes)),
        _fact("tables", readable_bytes(site.table_bytes)),
        _fact("runs", f"{site.runs:,}"),
        _last_run(site),
    ]
    heading = node("h2", *outlet_names(site.arabic, site.english, site.name))
    where = node(
        "p",
        node("code", site.name),
        f" {clean_text(site.country, 40)}" if site.country else None,
        class_="soft",
    )
    return node(
        "section",
        heading,
        where,
        _spark({day: site.days[day] for day in known}, site.name) if known else None,
        node("table", node("tbody", *facts), class_="facts"),
        _gaps(site) if known else None,
        _coverage(site) if site.articles else None,
    )


def _fact(name: str, value: str, class_: str | None = None) -> etree._Element:
    return node("tr", node("th", *bilingual(name), scope="row"), node("td", clean_text(value), class_=class_))


def _last_run(site: SiteOverview) -> etree._Element:
    run = site.last
    if run is None:
        return _fact("last-run", "–")
    when = f"{run.began:%Y-%m-%d %H:%M}" if run.began else run.run_id
    good = run.reason == "finished" and not run.errors and run.lists > 0
    failures = sum(run.failed.values())
    text = f"{when}: {run.reason or '?'}, {run.articles:,} articles, {failures:,} pages failed"
    return _fact("last-run", text, "good" if good else "bad")


def _spark(days: dict[str, int], name: str) -> etree._Element:
    """Draw the articles of each month as small columns."""
    labels, values = by_month(days)
    labels, values = labels[-_MAX_MONTHS:], values[-_MAX_MONTHS:]
    most = max(values) or 1
    text = f"{labels[0]} to {labels[-1]}: at most {most:,} articles a month"
    box = f"0 0 {max(len(values), _MIN_MONTHS) * 10} {_SPARK_HEIGHT}"
    svg = node("svg", class_="spark", viewBox=box, preserveAspectRatio="none", role="img")
    svg.append(node("title", f"{clean_text(name)}, {text}"))
    for place, value in enumerate(values):
        height = max(value / most * _SPARK_HEIGHT, 1 if value else 0)
        top = f"{_SPARK_HEIGHT - height:.1f}"
        svg.append(
            node("rect", class_="fill-first", x=str(place * 10 + 1), y=top, width="8", height=f"{height:.1f}")
        )
    return node("div", svg, node("span", text, class_="mean"))


def _gaps(site: SiteOverview) -> etree._Element:
    rows = [node("li", f"{before} – {after}: {days:,} days") for before, after, days in site.gaps]
    content = node("ul", *rows) if rows else node("p", *bilingual("no-gaps"), class_="soft")
    return node("div", node("h3", *bilingual("gaps")), content)


def _coverage(site: SiteOverview) -> etree._Element:
    rows = []
    for name in SHOWN:
        share = site.fields[name] / site.articles
        english, arabic = FIELDS[name]
        rows.append(
            node(
                "tr",
                node("th", english, " ", arabic_text(arabic), scope="row"),
                node("td", bar(share), class_="wide"),
                node("td", f"{share:.0%}", class_="number"),
            )
        )
    return node(
        "details",
        node("summary", *bilingual("coverage")),
        node("table", node("tbody", *rows), class_="fields"),
    )
