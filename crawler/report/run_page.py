"""Make the page of one run."""

import re
from collections.abc import Mapping, Sequence

from lxml import etree

from crawler import __version__
from crawler.errors import is_passing
from crawler.health import State, Verdict
from crawler.health.facts import OPTIONAL_FIELDS, usual_share
from crawler.report.gather import RunReport, not_well
from crawler.report.page import (
    arabic_text,
    bar,
    bilingual,
    clean_text,
    counted,
    document,
    figure,
    foreign_text,
    link,
    node,
    outlet_names,
    section,
    tiles,
)
from crawler.report.run_charts import (
    duration,
    growth_chart,
    published_figure,
    response_times_chart,
    sizes_chart,
    speed_chart,
)
from crawler.report.stories import Headline, Stories
from crawler.report.traffic import steps_of
from crawler.report.words import CHECKS, FIELDS, reason
from crawler.run.summary import readable_bytes

ROWS = 12  # of a table of counts; the rest is one row
_ARABIC = re.compile("[\u0620-\u064a]")


def run_page(report: RunReport) -> bytes:
    """Return the whole page in UTF-8."""
    outlet, run = report.outlet, report.record
    problems = _sentences(report)
    steps = steps_of(report.traffic)
    charts = [
        figure("growth", growth_chart(report, steps)),
        figure("speed", speed_chart(report.traffic, steps)),
        published_figure(report.stories.days),
        figure("sizes", sizes_chart(report.traffic)),
        figure("waits", response_times_chart(run.answer_times)),
    ]
    tables = [
        _table(
            "sections", {clean_text(k, 80): v for k, v in report.stories.sections.items()}, from_site=True
        ),
        _table("statuses", {f"http-{k}": v for k, v in report.traffic.statuses.items()}),
        _table("dropped", run.dropped),
        _table("failed", run.failed),
        _table("failed-lists", run.failed_lists),
        _table("refused", run.refused),
        _coverage(report),
    ]
    return document(
        f"{outlet.arabic} · {outlet.english} · {run.run_id}",
        _header(report, is_well=not problems),
        _numbers(report),
        section("health", verdict_list(report.verdicts), class_="health"),
        _problems(problems),
        node("div", *charts, class_="grid"),
        node("div", *tables, class_="tables"),
        _headlines(report.stories),
        node(
            "footer",
            node("p", *bilingual("made-from")),
            node("p", node("code", f"scrapy report --run {run.run_id}")),
            node("p", f"Warraq {__version__}"),
        ),
    )


def verdict_list(verdicts: Sequence[Verdict]) -> etree._Element:
    """Make the list of the verdicts on a run's health."""
    signs = {State.GOOD: "✓", State.BAD: "✗", State.UNKNOWN: "–"}
    rows = []
    for verdict in verdicts:
        english, arabic = CHECKS[verdict.check]
        rows.append(
            node(
                "li",
                node("b", f"{signs[verdict.state]} {english}", class_=verdict.state.value),
                " ",
                arabic_text(arabic),
                node("div", clean_text(verdict.sentence)),
                node("div", arabic_text(clean_text(verdict.sentence_ar))),
            )
        )
    return node("ul", *rows, class_="verdicts")


def _header(report: RunReport, *, is_well: bool) -> etree._Element:
    run = report.record
    state, css_class = ("well", "good") if is_well else ("not-well", "bad")
    times = " – ".join(f"{moment:%Y-%m-%d %H:%M:%S}" for moment in (run.began, run.ended) if moment)
    return node(
        "header",
        node("p", *bilingual("report"), class_="soft"),
        node("h1", *outlet_names(report.outlet.arabic, report.outlet.english, report.outlet.name)),
        node("p", node("span", *bilingual(state), class_=f"state {css_class}")),
        node("p", node("code", run.run_id), f" {times} UTC" if times else None, class_="soft"),
    )


def _numbers(report: RunReport) -> etree._Element:
    run = report.record
    return tiles(
        [
            ("articles", f"{run.articles:,}"),
            ("found", f"{run.found:,}"),
            ("fetched", f"{run.fetched:,}"),
            ("unchanged", f"{run.unchanged:,}"),
            ("lists", f"{run.lists:,}"),
            ("received", readable_bytes(run.bytes_received)),
            ("kept", readable_bytes(report.warc_bytes)),
            ("time", duration(run.seconds)),
        ]
    )


def _sentences(report: RunReport) -> list[str]:
    """Return a sentence for each thing that went wrong."""
    run = report.record
    sentences = [verdict.sentence for verdict in not_well(report)]
    for why, number in sorted(run.failed.items(), key=lambda each: -each[1]):
        if is_passing(why):
            english, _ = reason(why) or (why, "")
            sentences.append(f"{number:,} pages may be available later: {english} ({why}).")
    if run.errors:
        sentences.append(f"{run.errors:,} errors of Warraq itself; log.txt has them.")
    if run.lists == 0:
        sentences.append("No feed, sitemap or section could be read, so nothing could be found.")
    return [*sentences, *report.unread]


def _problems(sentences: Sequence[str]) -> etree._Element | None:
    if not sentences:
        return None
    return section("problems", node("ul", *(node("li", foreign_text(each)) for each in sentences)))


def _table(name: str, counts: Mapping[str, int], *, from_site: bool = False) -> etree._Element | None:
    """Make a section of counts with the meaning of each name; None where there are no counts."""
    if not counts:
        return None
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    rows = [(_named(key, from_site=from_site), number) for key, number in ordered[:ROWS]]
    return section(name, counted(rows, others=sum(number for _, number in ordered[ROWS:])))


def _named(key: str, *, from_site: bool) -> etree._Element:
    if from_site:
        return foreign_text(key)
    meaning = reason(key)
    label = node("span", node("code", clean_text(key.removeprefix("http-"), 60)))
    if meaning is not None and key not in {"http-200", "http-301", "http-302", "http-304"}:
        label.append(node("span", meaning[0], class_="mean"))
        label.append(node("span", meaning[1], lang="ar", dir="rtl", class_="mean"))
    return label


def _coverage(report: RunReport) -> etree._Element | None:
    """Make the table of the share of articles with each field, beside the site's usual share."""
    stories = report.stories
    if not stories.total:
        return None
    rows = []
    for name in OPTIONAL_FIELDS:
        share, usual = stories.fields[name] / stories.total, usual_share(report.before, name)
        english, arabic = FIELDS[name]
        rows.append(
            node(
                "tr",
                node("th", english, " ", arabic_text(arabic), scope="row"),
                node("td", bar(share, usual), class_="wide"),
                node("td", f"{share:.0%}", class_="number"),
                node("td", "–" if usual is None else f"{usual:.0%}", class_="number"),
            )
        )
    head = node(
        "tr",
        node("th", *bilingual("field"), scope="col"),
        node("td"),
        node("th", *bilingual("now"), scope="col", class_="number"),
        node("th", *bilingual("usual"), scope="col", class_="number"),
    )
    return section("coverage", node("table", node("thead", head), node("tbody", *rows), class_="fields"))


def _headlines(stories: Stories) -> etree._Element | None:
    if not stories.total:
        return None
    arabic = sum(bool(_ARABIC.search(each.title)) for each in stories.headlines)
    lines = [_headline(each) for each in stories.headlines]
    direction = "rtl" if arabic * 2 > len(lines) else "ltr"
    return section("headlines", node("ol", *lines, class_="headlines", dir=direction))


def _headline(headline: Headline) -> etree._Element:
    facts: list[etree._Element | str] = [node("bdi", clean_text(headline.published or "–", 40), dir="ltr")]
    if headline.section:
        facts += [" · ", foreign_text(headline.section)]
    record = None
    if headline.warc_file and headline.warc_offset is not None:
        where = f"{clean_text(headline.warc_file)} @{headline.warc_offset} +{headline.warc_length or 0}"
        record = node("div", *bilingual("record"), ": ", node("code", where), dir="ltr", class_="soft record")
    return node("li", link(headline.url, headline.title, "ar"), node("div", *facts, class_="soft"), record)
