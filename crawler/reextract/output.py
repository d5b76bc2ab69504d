"""What a reextraction changed, as text for a person."""

from typing import TYPE_CHECKING

from crawler.options.terminal import Column, print_table
from crawler.reextract.changes import ARTICLE, Tally
from crawler.reextract.run import Reextracted

if TYPE_CHECKING:
    from rich.console import Console

VALUE_CHARACTERS = 60  # shown of a field's value
LAYERS_SHOWN = 10
REASONS_SHOWN = 8
_CHANGE_COLUMNS = (
    Column(header="field"),
    Column(header="change"),
    Column(header="times", justify="right"),
    Column(header="for example: before", breaks="words", dropped=2),
    Column(header="after", breaks="words", dropped=1),
)
_LAYER_COLUMNS = (
    Column(header="field"),
    Column(header="layer before", breaks="words"),
    Column(header="layer now", breaks="words"),
    Column(header="times", justify="right"),
)


def print_changes(console: "Console", done: Reextracted, folder: str) -> None:
    """Print the counts of a site, its changes with an example each, and where every change is written."""
    tally = done.tally
    console.print(
        f"{done.site}: {tally.pages:,} pages, {tally.articles:,} articles into {folder}/, "
        f"{tally.same:,} the same as before ({done.read / done.seconds:,.0f} pages a second)",
        soft_wrap=True,
    )
    if done.no_article:
        shown = list(done.no_article.items())[:REASONS_SHOWN]
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in shown)
        console.print(f"  no article: {reasons}", soft_wrap=True)
    if tally.counts:
        print_table(console, _CHANGE_COLUMNS, _change_rows(tally))
    if tally.layers:
        rows = [[*layers, f"{count:,}"] for layers, count in tally.layers.most_common(LAYERS_SHOWN)]
        print_table(console, _LAYER_COLUMNS, rows)
    console.print(f"  each change: runs/{done.run_id}/changes.parquet", soft_wrap=True)


def _change_rows(tally: Tally) -> list[list[str]]:
    ordered = sorted(tally.counts.items(), key=lambda pair: (pair[0][0] != ARTICLE, -pair[1], pair[0]))
    rows = []
    for (name, kind), count in ordered:
        example = tally.examples[name, kind][0]
        before, after = _shortened(example.before), _shortened(example.after)
        if kind == "layer":
            before, after = example.layer_before or "-", example.layer_after or "-"
        rows.append([name, kind, f"{count:,}", before, after])
    return rows


def _shortened(value: str | None) -> str:
    """Return one printable line of a value: the text of a page must not control the terminal."""
    if value is None:
        return "-"
    line = " ".join("".join(char if char.isprintable() else " " for char in value).split())
    return line if len(line) <= VALUE_CHARACTERS else f"{line[:VALUE_CHARACTERS]}…"
