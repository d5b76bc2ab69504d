"""Pictures of numbers as inline SVG, drawn by matplotlib.

Only words of ours are drawn: what sites wrote stands in tables, where a browser shapes and turns it rightly.
Colours are classes that the page's style sheet knows, so pictures follow light, dark and print; nothing in
them needs an inline style, which the page's policy forbids.
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

WIDTH, HEIGHT = 440, 236  # of the drawing, in units that are pixels on a phone
_PER_INCH = 72
_LETTERS = 13
_INK, _FIRST, _SECOND, _GRID = "#010101", "#020202", "#030303", "#040404"
_CLASSES = {_INK: "ink", _FIRST: "first", _SECOND: "second", _GRID: "grid"}
_DROPPED = frozenset({"font", "font-family", "text-align"})
_FONT_SIZE = re.compile(r"([\d.]+)px")
_MOST_TICKS = 6
_K = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What is said of a picture to those who do not see it."""

    name: str  # unique on the page, ASCII; names elements
    title: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    label: str  # ASCII
    values: Sequence[float]


def lines(words: Words, edges: Sequence[float], drawn: Sequence[Line], unit: str) -> etree._Element:
    """Up to two lines over the same points, told apart by lightness and by dashes."""
    figure, axes = _canvas()
    looks = ((_FIRST, "-", 2.2), (_SECOND, (0, (4, 2)), 2.2))
    for line, (colour, dashes, width) in zip(drawn, looks, strict=False):
        axes.plot(edges, line.values, color=colour, linestyle=dashes, linewidth=width, label=line.label)
    axes.set_xlabel(unit)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0)
    legend = axes.legend(frameon=False, loc="upper left", fontsize=_LETTERS, labelcolor=_INK)
    legend.set_zorder(5)
    return _drawn(figure, axes, words)


def columns(
    words: Words, labels: Sequence[str], values: Sequence[float], *, unit: str = "", whole: bool = True
) -> etree._Element:
    """A column for each value; of many labels (ASCII) only so many are written as have room."""
    figure, axes = _canvas()
    places = range(len(values))
    axes.bar(places, values, color=_FIRST, width=0.82 if len(values) > 1 else 0.3)
    step = -(-len(labels) // _MOST_TICKS)
    shown = list(places)[::step]
    axes.set_xticks(shown, [labels[place] for place in shown])
    margin = 0.6 if len(values) > 1 else 1.0
    axes.set_xlim(-margin, len(values) - 1 + margin)
    axes.set_ylim(0, max(*values, 1 if whole else 0.001) * 1.08 if values else 1)
    if unit:
        axes.set_xlabel(unit)
    return _drawn(figure, axes, words, whole=whole)


def _canvas() -> "tuple[Figure, Axes]":
    import matplotlib as mpl  # noqa: PLC0415 - takes a second, and commands load this module
    from matplotlib.figure import Figure  # noqa: PLC0415

    mpl.rcParams.update(
        {
            "svg.fonttype": "none",  # letters stay letters
            "text.parse_math": False,
            "font.size": _LETTERS,
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


def _drawn(figure: "Figure", axes: "Axes", words: Words, *, whole: bool = True) -> etree._Element:
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.ticker import FuncFormatter, MaxNLocator  # noqa: PLC0415

    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=whole))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))
    drawing = io.BytesIO()
    nothing_told = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with mpl.rc_context({"svg.hashsalt": words.name}):  # the same numbers give the same bytes
        figure.savefig(drawing, format="svg", transparent=True, metadata=nothing_told)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return _plain(etree.fromstring(drawing.getvalue(), parser), words)


def _short(value: float) -> str:
    """A number for an axis, of at most four letters."""
    if value >= _K * _K:
        return f"{value / _K / _K:g}M"
    return f"{value / _K:g}k" if value >= _K else f"{value:g}"


def _plain(drawing: etree._Element, words: Words) -> etree._Element:
    """The drawing as part of a page: no name spaces, no styles, no name that another drawing has, too."""
    svg = etree.Element(
        "svg",
        {
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "role": "img",
            "class": "chart",
            "aria-labelledby": f"{words.name}-t {words.name}-d",
        },
    )
    etree.SubElement(svg, "title", {"id": f"{words.name}-t"}).text = words.title
    etree.SubElement(svg, "desc", {"id": f"{words.name}-d"}).text = words.description
    used = set(re.findall(rb"#([A-Za-z][\w-]*)", etree.tostring(drawing)))
    for child in drawing:
        if (copied := _copied(child, words.name, used)) is not None:
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
