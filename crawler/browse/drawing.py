"""Charts as inline SVG of bars and days, without text: the labels around them are HTML.

A chart grows with the page; the style sheet mirrors it in pages from right to left. Colours are classes
of the style sheet, because the page's policy forbids inline styles.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree
from markupsafe import Markup

from crawler.browse.calendar import Day, Month
from crawler.report.page import node

_WIDTH, _HEIGHT = 600, 110  # of a chart of bars, in units of its drawing
_WIDEST = 44  # of a bar
_LEAST = 1.5  # height of a bar that is not zero
_STEP, _CELL = 10, 9  # of a day in a month: with and without the space around it


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One period of a chart."""

    value: float
    tip: str  # shown at the pointer
    gap: bool = False  # the archive does not cover the period
    few: bool = False  # too few articles to rely on


def bars(name: str, drawn: Sequence[Bar], label: str, *, most: float | None = None) -> Markup:
    """Draw a bar for each period; a gap of the coverage is hatched over the whole height.

    `name` is unique on the page. `most` is the value of a bar of full height.
    """
    top = most or max((bar.value for bar in drawn), default=0) or 1
    svg = _svg("bars", f"0 0 {_WIDTH} {_HEIGHT}", label)
    if any(bar.gap for bar in drawn):
        svg.append(_hatching(name, 6))
    step = _WIDTH / max(len(drawn), 1)
    width = min(step * 0.82, _WIDEST)
    for place, bar in enumerate(drawn):
        fill = f"url(#{name}-hatch)" if bar.gap else None
        group = node("g", node("title", bar.tip))
        group.append(_box(place * step, 0, step, _HEIGHT, class_=None if bar.gap else "void", fill=fill))
        if bar.value:
            height = max(min(bar.value / top, 1) * _HEIGHT, _LEAST)
            left = place * step + (step - width) / 2
            group.append(_box(left, _HEIGHT - height, width, height, class_="bar few" if bar.few else "bar"))
        svg.append(group)
    svg.append(node("path", class_="axis", d=f"M0 {_HEIGHT - 0.5}H{_WIDTH}"))
    return _markup(svg)


def month_picture(month: Month, label: str, tips: Sequence[str]) -> Markup:
    """Draw the days of a month, a row for each week; `tips` has a text for each day of the month."""
    svg = _svg("month", f"0 0 {7 * _STEP - 1} {6 * _STEP - 1}", label)
    if any(day and day.state == "missing" for week in month.weeks for day in week):
        svg.append(_hatching(month.name, 3))
    remaining = iter(tips)
    for row, week in enumerate(month.weeks):
        for column, day in enumerate(week):
            if day is not None:
                svg.append(_day(day, column * _STEP, row * _STEP, next(remaining), month.name))
    return _markup(svg)


def _day(day: Day, left: int, top: int, tip: str, name: str) -> etree._Element:
    class_ = f"day {day.state} level{day.level}"
    group = node("g", node("title", tip), _box(left, top, _CELL, _CELL, class_=class_))
    if day.state == "missing":
        group.append(_box(left, top, _CELL, _CELL, fill=f"url(#{name}-hatch)"))
    elif day.state == "part":
        group.append(node("path", class_="lack", d=f"M{left} {top + _CELL}h{_CELL}v-{_CELL}z"))
    return group


def _svg(class_: str, box: str, label: str) -> etree._Element:
    return node("svg", class_=class_, viewBox=box, role="img", aria_label=label)


def _hatching(name: str, size: int) -> etree._Element:
    line = node("path", class_="hatch", d=f"M-1 1l2 -2M0 {size}l{size} -{size}M{size - 1} {size + 1}l2 -2")
    return node(
        "defs",
        node(
            "pattern",
            line,
            id=f"{name}-hatch",
            width=str(size),
            height=str(size),
            patternUnits="userSpaceOnUse",
        ),
    )


def _box(
    left: float,
    top: float,
    width: float,
    height: float,
    *,
    class_: str | None = None,
    fill: str | None = None,
) -> etree._Element:
    numbers = {"x": left, "y": top, "width": width, "height": height}
    written = {name: f"{value:.2f}".rstrip("0").rstrip(".") for name, value in numbers.items()}
    return node("rect", class_=class_, fill=fill, **written)


def _markup(svg: etree._Element) -> Markup:
    return Markup(etree.tostring(svg, encoding="unicode", method="html"))  # noqa: S704 - built as a tree
