"""Print tables of which no name and no date is cut, on a terminal of any width or into a pipe."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # every command loads this module, few print a table
    from rich.console import Console

_PIPE_WIDTH = 1_000  # characters; a file or a pipe has no edge, so nothing needs to be cut
_FOLDED_WIDTH = 16  # characters that an address gets at least
_BORDERS = 3  # characters for each column: two spaces and a line

Row = Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column of a printed table."""

    header: str
    breaks: Literal["never", "words", "anywhere"] = "never"  # where a cell may go on in the next line
    justify: Literal["left", "right"] = "left"
    dropped: int = 0  # rank in which it is left out of a table that is too wide; 0: it always stays

    def narrowest(self, cells: Iterable[str]) -> int:
        """Return the characters that the column needs at least."""
        from rich.cells import cell_len  # noqa: PLC0415

        lines = (line for cell in (self.header, *cells) for line in cell.split("\n"))
        if self.breaks != "never":
            lines = (word for line in lines for word in line.split())
        longest = max(map(cell_len, lines), default=0)
        return min(longest, _FOLDED_WIDTH) if self.breaks == "anywhere" else longest


def console_for(stream: Literal["stdout", "stderr"] = "stdout") -> "Console":
    """Return a console for a stream: as wide as the terminal, or without an edge elsewhere."""
    from rich.console import Console  # noqa: PLC0415

    width = None if getattr(sys, stream).isatty() else _PIPE_WIDTH
    return Console(stderr=stream == "stderr", markup=False, highlight=False, width=width)


def print_table(
    console: "Console", columns: Sequence[Column], rows: Iterable[Row | None], *, title: str | None = None
) -> None:
    """Print a table; None among the rows draws a line.

    Where the table is too wide for the console, columns are left out by their rank. Where it still is, the
    terminal breaks its lines.
    """
    from rich import table as rich_table  # noqa: PLC0415

    listed = list(rows)
    cells = [[row[number] for row in listed if row is not None] for number in range(len(columns))]
    widths = [column.narrowest(cells[number]) for number, column in enumerate(columns)]
    shown = _fitting(columns, widths, console.width)
    grid = rich_table.Table()
    for number in shown:
        column = columns[number]
        grid.add_column(
            column.header,
            justify=column.justify,
            no_wrap=column.breaks == "never",
            overflow="fold",
            min_width=widths[number],
        )
    for row in listed:
        if row is None:
            grid.add_section()
        else:
            grid.add_row(*(row[number] for number in shown))
    if title:
        console.print(title, soft_wrap=True, style="italic")
    width = console.width
    console.width = max(width, _total(widths, shown))
    console.print(grid)
    console.width = width


def _fitting(columns: Sequence[Column], widths: Sequence[int], width: int) -> list[int]:
    """Return the numbers of the columns that are shown."""
    shown = list(range(len(columns)))
    for number in sorted((n for n in shown if columns[n].dropped), key=lambda n: columns[n].dropped):
        if _total(widths, shown) <= width:
            break
        shown.remove(number)
    return shown


def _total(widths: Sequence[int], shown: Sequence[int]) -> int:
    return sum(widths[number] + _BORDERS for number in shown) + 1
