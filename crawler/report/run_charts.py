"""The charts of a report, each with a sentence for readers who do not see it."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import accumulate

from lxml import etree

from crawler.options.arguments import YEARS
from crawler.report.charts import Description, Line, columns, lines
from crawler.report.gather import RunReport
from crawler.report.page import figure
from crawler.report.traffic import SIZES, Steps, Traffic
from crawler.run.summary import readable_bytes

DAYS_SHOWN = 62  # as days; a longer span is shown by months
_MINUTE, _HOUR = 60, 3_600


def growth_chart(report: RunReport, steps: Steps | None) -> etree._Element | None:
    """Draw how the numbers of responses and articles grew; None where there was no response."""
    if steps is None:
        return None
    unit, length = _unit(steps.length * steps.number)
    edges = [step * steps.length / length for step in range(steps.number + 1)]
    responses = [0, *accumulate(steps.sums(report.traffic.answers))]
    articles = [0, *accumulate(steps.sums(report.stories.read_at))]
    text = (
        f"{responses[-1]:,} responses (pages, lists, robots.txt) and {articles[-1]:,} articles in "
        f"{duration(steps.length * steps.number)}; {report.record.found:,} addresses of articles were found."
    )
    drawn = [Line(label="responses", values=responses), Line(label="articles", values=articles)]
    description = Description(name="chart-growth", title="Responses and articles over time", text=text)
    return lines(description, edges, drawn, f"{unit} since the first response")


def speed_chart(traffic: Traffic, steps: Steps | None) -> etree._Element | None:
    """Draw the kilobytes a second; None where there was no response."""
    if steps is None:
        return None
    unit, length = _unit(steps.length * steps.number)
    speeds = [number / steps.length / 1_000 for number in steps.sums(traffic.received)]
    labels = [f"{step * steps.length / length:.3g}" for step in range(steps.number)]
    text = (
        f"{readable_bytes(traffic.bytes_kept)} compressed; at most {max(speeds):,.1f} KB a second, "
        f"{sum(speeds) / len(speeds):,.1f} on average."
    )
    description = Description(name="chart-speed", title="Kilobytes a second over time", text=text)
    return columns(description, labels, speeds, unit=f"KB/s, by {unit} since the first response", whole=False)


def published_figure(days: Mapping[str, int], *, max_days: int = DAYS_SHOWN) -> etree._Element | None:
    """Make the figure of the articles by day of publication, or by month for more than `max_days` days."""
    known = sorted(day for day in days if is_day(day))
    if not known:
        return None
    first, last = date.fromisoformat(known[0]), date.fromisoformat(known[-1])
    if (last - first).days < max_days:
        unit = "day"
        labels = [str(first + timedelta(days=number)) for number in range((last - first).days + 1)]
        values = [days.get(day, 0) for day in labels]
    else:
        unit = "month"
        labels, values = by_month({day: days[day] for day in known})
    text = f"{sum(values):,} articles from {known[0]} to {known[-1]}; at most {max(values):,} in one {unit}."
    description = Description(name="chart-days", title=f"Articles by {unit} of publication", text=text)
    shown = [label[5:] for label in labels] if unit == "day" else labels
    return figure(
        f"{unit}s", columns(description, shown, values, unit=f"{unit}, {labels[0]} to {labels[-1]}")
    )


def by_month(days: Mapping[str, int]) -> tuple[list[str], list[int]]:
    """Sum counts by day (or month) for every month from the first to the last; return labels and sums."""
    sums: dict[str, int] = {}
    for day, number in days.items():
        sums[day[:7]] = sums.get(day[:7], 0) + number
    first, last = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (min(sums), max(sums)))
    labels = [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1)]
    return labels, [sums.get(label, 0) for label in labels]


def sizes_chart(traffic: Traffic) -> etree._Element | None:
    """Draw the number of pages by size; None where there was no page."""
    if not traffic.sizes:
        return None
    used = [size for size in SIZES if traffic.sizes[size]] or [SIZES[-1]]
    shown = [size for size in SIZES if min(used) <= size <= max(used)]
    values = [traffic.sizes[size] for size in shown]
    labels = [readable_bytes(size).replace(".0", "") for size in shown]
    if traffic.sizes[0]:
        values, labels = [*values, traffic.sizes[0]], [*labels, "more"]
    text = "; ".join(f"{number:,} up to {label}" for label, number in zip(labels, values, strict=True))
    description = Description(name="chart-sizes", title="Pages by compressed size", text=text)
    return columns(description, labels, values, unit="at most, in the WARC file")


def response_times_chart(times: Mapping[str, int]) -> etree._Element | None:
    """Draw the number of responses by the time until they began; `times` has upper limits in milliseconds."""
    known = sorted((int(limit), number) for limit, number in times.items() if limit.isdecimal())
    if not known:
        return None
    labels = [f"{limit / 1_000:g} s" for limit, _ in known]
    values = [number for _, number in known]
    text = "; ".join(f"{number:,} within {label}" for label, number in zip(labels, values, strict=True))
    description = Description(name="chart-waits", title="Responses by the time until they began", text=text)
    return columns(description, labels, values, unit="at most")


def is_day(text: str) -> bool:
    """Return whether a text is a day in a year with news on the web; others would make charts endless."""
    try:
        return date.fromisoformat(text).year in YEARS
    except ValueError:
        return False


def _unit(seconds: float) -> tuple[str, int]:
    if seconds <= 3 * _MINUTE:
        return "seconds", 1
    return ("minutes", _MINUTE) if seconds <= 3 * _HOUR else ("hours", _HOUR)


def duration(seconds: float) -> str:
    """Return a duration in words, like "4 min 12 s"."""
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    hours, rest = divmod(round(seconds), _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
