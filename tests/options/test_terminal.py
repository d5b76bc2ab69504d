"""Printed tables: names and dates stay whole at every width."""

import io

import pytest
from rich.console import Console

from crawler.options.terminal import Column, print_table

COLUMNS = (
    Column(header="site"),
    Column(header="outlet", breaks="words"),
    Column(header="last crawled"),
    Column(header="list", breaks="anywhere", dropped=1),
    Column(header="count", justify="right", dropped=2),
)
ROW = (
    "a_site_with_a_long_name",
    "وكالة الأنباء\nNews Agency",
    "2026-01-31 10:00:00",
    f"https://{'x' * 60}/",
    "7",
)


def printed(width: int) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width, markup=False, highlight=False)
    print_table(console, COLUMNS, [ROW, None, ("[b]", "", "", "", "")], title="a title longer than the table")
    assert console.width == width
    return stream.getvalue()


@pytest.mark.parametrize("width", [10, 40, 60, 80, 120, 200])
def test_names_and_dates_are_never_cut(width: int) -> None:
    text = printed(width)
    assert "…" not in text
    for whole in (
        "a_site_with_a_long_name",
        "2026-01-31 10:00:00",
        "Agency",
        "[b]",
        "a title longer than the table",
    ):
        assert whole in text


@pytest.mark.parametrize(
    ("width", "dropped"),
    [(200, set()), (92, set()), (80, {"list"}), (60, {"list", "count"}), (10, {"list", "count"})],
)
def test_optional_columns_are_left_out_in_their_order(width: int, dropped: set[str]) -> None:
    header = printed(width).splitlines()[2]
    assert {column.header for column in COLUMNS if column.header not in header} == dropped


def test_a_table_that_fits_has_lines_of_the_terminals_width_at_most() -> None:
    assert max(map(len, printed(80).splitlines())) <= 80
