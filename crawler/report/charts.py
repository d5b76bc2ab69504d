"""Draw charts as inline SVG, with matplotlib.

Charts hold English text of Warraq only; text of sites stands in tables, where the browser shapes Arabic and
sets its direction. Colours are classes of the page's style sheet, so that charts follow light mode, dark mode
and print. The page's policy forbids inline styles, and no chart has one.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 440, 236  # of a chart, in units of its viewBox; about pixels on a phone
_PER_INCH = 72
_FONT_UNITS = 13
_INK, _FIRST, _SECOND, _GRID = "#010101", "#020202", "#030303", "#040404"
_CLASSES = {_INK: "ink", _FIRST: "first", _SECOND: "second", _GRID: "grid"}
_DROPPED = frozenset({"font", "font-family", "text-align"})
_FONT_SIZE = re.compile(r"([\d.]+)px")
_MAX_TICKS = 6
_K = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Description:
    """The text of a chart for readers who do not see it."""

    name: str  # ASCII, unique on the page; part of the ids of elements
    title: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of a chart."""

    label: str  # ASCII
    values: Sequence[float]


def lines(
    description: Description, edges: Sequence[float], drawn: Sequence[Line], unit: str
) -> etree._Element:
    """Draw up to two lines over the same points, distinguished by lightness and by dashes."""
    figure, axes = _canvas()
    looks = ((_FIRST, "-", 2.2), (_SECOND, (0, (4, 2)), 2.2))
    for line, (colour, dashes, width) in zip(drawn, looks, strict=False):
        axes.plot(edges, line.values, color=colour, linestyle=dashes, linewidth=width, label=line.label)
    axes.set_xlabel(unit)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0)
    legend = axes.legend(frameon=False, loc="upper left", fontsize=_FONT_UNITS, labelcolor=_INK)
    legend.set_zorder(5)
    return _drawn(figure, axes, description)


def columns(
    description: Description,
    labels: Sequence[str],
    values: Sequence[float],
    *,
    unit: str = "",
    whole: bool = True,
) -> etree._Element:
    """Draw a column for each value. Of many labels (ASCII), only as many as fit are written."""
    figure, axes = _canvas()
    places = range(len(values))
    axes.bar(places, values, color=_FIRST, width=0.82 if len(values) > 1 else 0.3)
    step = -(-len(labels) // _MAX_TICKS)
    shown = list(places)[::step]
    axes.set_xticks(shown, [labels[place] for place in shown])
    margin = 0.6 if len(values) > 1 else 1.0
    axes.set_xlim(-margin, len(values) - 1 + margin)
    axes.set_ylim(0, max(*values, 1 if whole else 0.001) * 1.08 if values else 1)
    if unit:
        axes.set_xlabel(unit)
    return _drawn(figure, axes, description, whole=whole)


def _canvas() -> "tuple[Figure, Axes]":
    import matplotlib as mpl  # noqa: PLC0415 - takes a second to load
    from matplotlib.figure import Figure  # noqa: PLC0415

    mpl.rcParams.update(
        {
            "svg.fonttype": "none",  # text stays text
            "text.parse_math": False,
            "font.size": _FONT_UNITS,
            "text.color": _INK,
            "axes.labelcolor": _INK,
            "axes.edgecolor": _GRID,
            "xtick.color": _GRID,
            "ytick.color": _GRID,
            "xtick.labelcolor": _INK,
            "ytick.labelcolor": _INK,
            "grid.color": _GRID,
            "legend.labelcolor": _INK,
        }
    )
    figure = Figure(figsize=(WIDTH / _PER_INCH, HEIGHT / _PER_INCH), dpi=_PER_INCH)
    axes = figure.add_axes((0.1, 0.245, 0.875, 0.715))
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="y", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.tick_params(axis="x", pad=11)
    return figure, axes


def _drawn(figure: "Figure", axes: "Axes", description: Description, *, whole: bool = True) -> etree._Element:
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.ticker import FuncFormatter, MaxNLocator  # noqa: PLC0415

    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=whole))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))
    drawing = io.BytesIO()
    no_metadata = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with mpl.rc_context({"svg.hashsalt": description.name}):  # the same numbers give the same bytes
        figure.savefig(drawing, format="svg", transparent=True, metadata=no_metadata)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return _plain(etree.fromstring(drawing.getvalue(), parser), description)


def _short(value: float) -> str:
    """Return a number for an axis in four characters at most."""
    if value >= _K * _K:
        return f"{value / _K / _K:g}M"
    return f"{value / _K:g}k" if value >= _K else f"{value:g}"


def _plain(drawing: etree._Element, description: Description) -> etree._Element:
    """Return a drawing without namespaces, styles, and ids that another drawing of the page may have."""
    svg = etree.Element(
        "svg",
        {
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "role": "img",
            "class": "chart",
            "aria-labelledby": f"{description.name}-t {description.name}-d",
        },
    )
    etree.SubElement(svg, "title", {"id": f"{description.name}-t"}).text = description.title
    etree.SubElement(svg, "desc", {"id": f"{description.name}-d"}).text = description.text
    used = set(re.findall(rb"#([A-Za-z][\w-]*)", etree.tostring(drawing)))
    for child in drawing:
        if (copied := _copied(child, description.name, used)) is not None:
            svg.append(copied)
    return svg


def _copied(element: etree._Element, name: str, used: set[bytes]) -> etree._Element | None:
    tag = str(etree.QName(element).localname) if isinstance(element.tag, str) else ""
    if tag in {"", "metadata", "style"}:
        return None
    copy = etree.Element(tag)
    for key, value in element.attrib.items():
        _take_attribute(copy, str(etree.QName(key).localname), str(value), name, used)
    copy.text = element.text if tag == "text" else None
    for child in element:
        if (copied := _copied(child, name, used)) is not None:
            copy.append(copied)
    if tag == "g" and not len(copy):
        return None
    return copy


def _take_attribute(copy: etree._Element, key: str, value: str, name: str, used: set[bytes]) -> None:
    if key == "style":
        for part in value.split(";"):
            _take_style(copy, *(each.strip() for each in part.partition(":")[::2]))
    elif key == "id":
        if value.encode() in used:
            copy.set("id", f"{name}-{value}")
    elif key == "href":
        copy.set("href", f"#{name}-{value.removeprefix('#')}")
    elif key == "clip-path":
        copy.set("clip-path", value.replace("url(#", f"url(#{name}-"))
    elif not value.startswith("rotate(-0 "):
        copy.set(key, value)


def _take_style(copy: etree._Element, key: str, value: str) -> None:
    if key == "font" and (size := _FONT_SIZE.search(value)):
        copy.set("font-size", size[1])
    if not key or key in _DROPPED:
        return
    if value in _CLASSES:
        classes = copy.get("class", "").split()
        copy.set("class", " ".join([*classes, f"{key}-{_CLASSES[value]}"]))
    else:
        copy.set(key, value)
