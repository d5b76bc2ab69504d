"""Who prints whose stories, and how fast: the rows of the table `wire`, and its picture. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from html import escape
from math import cos, log2, pi, sin
from statistics import median
from typing import Any

from crawler.stories.members import Member
from crawler.stories.source import Source

_NODES = 40  # outlets and agencies in the picture: those with most stories
_EDGES = 200
_NAMES = ("source_kind", "source", "outlet")
_SIZE = 900
_RADIUS = 300
_ABOVE = 0.2  # of the radius: a label so near to the vertical is centred
_HEAD = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}" role="img"
 font-family="sans-serif" font-size="13">
<title>Who prints whose stories</title>
<marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7"
 markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="#888"/></marker>"""


def wire(sources: Iterable[tuple[Source, list[Member], list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    """Return for each source and each outlet that printed its stories how many, how fast and how much."""
    minutes: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    kept: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for source, story, rows in sources:
        if source.name is None:
            continue
        dated = [member.moment for member in story if member.published]
        done = set()
        for member, row in zip(story, rows, strict=True):
            if member.outlet in done or (source.kind == "outlet" and member.outlet == source.name):
                continue
            done.add(member.outlet)
            edge = (source.kind, source.name, member.outlet)
            kept[edge].append(row["of_first"])
            if member.published:
                minutes[edge].append((member.moment - min(dated)).total_seconds() / 60)
    found = [
        {
            "source_kind": kind,
            "source": name,
            "outlet": outlet,
            "stories": len(shares),
            "median_minutes": _median(minutes[kind, name, outlet]),
            "median_kept": round(median(shares), 4),
        }
        for (kind, name, outlet), shares in kept.items()
    ]
    return sorted(found, key=lambda row: (-row["stories"], *(row[name] for name in _NAMES)))


def _median(minutes: list[float]) -> float | None:
    return round(median(minutes), 1) if minutes else None


def picture(rows: list[dict[str, Any]]) -> str:
    """Return the graph as SVG: names on a circle, and an arrow for each row, as wide as its stories."""
    weight: dict[str, int] = defaultdict(int)
    for row in rows:
        weight[row["source"]] += row["stories"]
        weight[row["outlet"]] += row["stories"]
    names = sorted(sorted(weight), key=lambda name: -weight[name])[:_NODES]
    places = {
        name: (sin(2 * pi * n / len(names)), -cos(2 * pi * n / len(names))) for n, name in enumerate(names)
    }
    agencies = {row["source"] for row in rows if row["source_kind"] == "agency"}
    shown = [row for row in rows if row["source"] in places and row["outlet"] in places][:_EDGES]
    return "\n".join([_HEAD, *_arrows(shown, places), *_labels(places, agencies), "</svg>\n"])


def _arrows(rows: list[dict[str, Any]], places: dict[str, tuple[float, float]]) -> Iterator[str]:
    centre = _SIZE / 2
    for row in rows:
        (x, y), (to_x, to_y) = places[row["source"]], places[row["outlet"]]
        about = f"{row['source']} → {row['outlet']}: {row['stories']}"
        if row["median_minutes"] is not None:
            about += f", {row['median_minutes']:.0f} min"
        yield (
            f'<path d="M{centre + _RADIUS * x:.1f} {centre + _RADIUS * y:.1f}Q{centre} {centre} '
            f'{centre + _RADIUS * to_x:.1f} {centre + _RADIUS * to_y:.1f}" fill="none" stroke="#888" '
            f'stroke-opacity=".6" stroke-width="{1 + log2(row["stories"]):.1f}" marker-end="url(#tip)">'
            f"<title>{escape(about)}</title></path>"
        )


def _labels(places: dict[str, tuple[float, float]], agencies: set[str]) -> Iterator[str]:
    centre = _SIZE / 2
    for name, (x, y) in places.items():
        colour = "#b3541e" if name in agencies else "#1f5f8b"
        at = f'cx="{centre + _RADIUS * x:.1f}" cy="{centre + _RADIUS * y:.1f}"'
        yield f'<circle {at} r="5" fill="{colour}"/>'
        anchor = "middle" if abs(x) < _ABOVE else "start" if x > 0 else "end"
        yield (
            f'<text x="{centre + (_RADIUS + 14) * x:.1f}" y="{centre + (_RADIUS + 18) * y + 5:.1f}" '
            f'text-anchor="{anchor}" direction="ltr" fill="{colour}">{escape(name[:40])}</text>'
        )
