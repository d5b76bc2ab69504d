"""Print tables of which no name and no date is cut, on a terminal of any width or into a pipe.

Written here and not with rich's tables, which cut cells, and take half a second for some hundred rows.
"""

import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # every command loads this module, few print a table
    from rich.console import Console

_PIPE_WIDTH = 1_000  # characters; a file or a pipe has no edge, so nothing needs to be broken
_BROKEN_WIDTH = 16  # characters that an address gets at least
_BORDERS = 3  # characters for each column: two spaces and a line
_HEAVY, _LIGHT = "┏━┳┓┃┡━╇┩", "│├─┼┤└─┴┘"
_ASCII_HEAVY, _ASCII_LIGHT = "+-++|+-++", "|+-+++-++"

Row = Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column of a printed table."""

    header: str
    breaks: Literal["never", "words", "anywhere"] = "never"  # where a cell may go on in the next line
    justify: Literal["left", "right"] = "left"
    dropped: int = 0  # rank in which it is left out of a table that is too wide; 0: it always stays

    def widths(self, cells: Iterable[str]) -> tuple[int, int]:
        """Return the characters that the column needs at least, and those for unbroken cells."""
        lines = [line for cell in (self.header, *cells) for line in cell.split("\n")]
        widest = max(map(cell_width, lines))
        if self.breaks == "never":
            return widest, widest
        if self.breaks == "anywhere":
            return min(widest, _BROKEN_WIDTH), widest
        return max((cell_width(word) for line in lines for word in line.split()), default=0), widest

    def lines(self, cell: str, width: int) -> list[str]:
        """Return a cell in lines of this width, padded."""
        broken = (part for line in cell.split("\n") for part in self._broken(line, width))
        return [self._padded(line, width - cell_width(line)) for line in broken]

    def _padded(self, line: str, room: int) -> str:
        return " " * room + line if self.justify == "right" else line + " " * room

    def _broken(self, line: str, width: int) -> Iterator[str]:
        if cell_width(line) <= width:
            yield line
            return
        separator = " " if self.breaks == "words" else ""
        current = ""
        for part in line.split() if separator else line:
            joined = f"{current}{separator}{part}" if current else part
            if current and cell_width(joined) > width:
                yield current
                current = part
            else:
                current = joined
        yield current


def cell_width(text: str) -> int:
    """Return the columns of a terminal that a line takes: none for marks, two for wide letters."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.category(char) in {"Mn", "Me", "Cf"}
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text
    )


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
    listed = list(rows)
    cells = [[row[number] for row in listed if row is not None] for number in range(len(columns))]
    widths = [column.widths(cells[number]) for number, column in enumerate(columns)]
    shown = _fitting(columns, [least for least, _ in widths], console.width)
    chosen = [columns[number] for number in shown]
    final = _shared([widths[number] for number in shown], console.width)
    heavy, light = _HEAVY, _LIGHT
    if not (console.encoding or "").lower().startswith("utf"):
        heavy, light = _ASCII_HEAVY, _ASCII_LIGHT
    lines = [title] if title else []
    lines.append(_rule(final, *heavy[:4]))
    lines += _row(chosen, [column.header for column in chosen], final, heavy[4])
    lines.append(_rule(final, *heavy[5:]))
    for row in listed:
        if row is None:
            lines.append(_rule(final, *light[1:5]))
        else:
            lines += _row(chosen, [row[number] for number in shown], final, light[0])
    lines.append(_rule(final, *light[5:]))
    console.file.write("".join(f"{line}\n" for line in lines))


def _row(columns: Sequence[Column], cells: Row, widths: Sequence[int], border: str) -> Iterator[str]:
    broken = [column.lines(cell, width) for column, cell, width in zip(columns, cells, widths, strict=True)]
    for parts in zip_longest(*broken):
        padded = (
            part if part is not None else " " * width for part, width in zip(parts, widths, strict=True)
        )
        yield f"{border} " + f" {border} ".join(padded) + f" {border}"


def _rule(widths: Sequence[int], left: str, line: str, between: str, right: str) -> str:
    return left + between.join(line * (width + 2) for width in widths) + right


def _shared(widths: Sequence[tuple[int, int]], width: int) -> list[int]:
    """Return the width of each column: the least one, and a share of the room that is left."""
    final = [least for least, _ in widths]
    room = width - sum(final) - _BORDERS * len(final) - 1
    for number in sorted(range(len(widths)), key=lambda n: widths[n][1] - widths[n][0]):
        waiting = sum(widths[n][1] > final[n] for n in range(len(widths)))
        if room <= 0 or not waiting:
            break
        given = min(
            widths[number][1] - final[number], room // waiting if final[number] < widths[number][1] else 0
        )
        final[number] += given
        room -= given
    return final


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
