"""The table of outlets: every row is consistent, claims what its origins say, and wrong rows fail."""

import csv
import io
from importlib import resources

import pytest

from crawler.registry.outlet import CLAIMS, Outlet
from crawler.registry.table import COLUMNS, OUTLETS, PACKAGE, lists_naming, origins, outlets, read_outlets
from crawler.registry.view import by_country, claims_of

TEXT = resources.files(PACKAGE).joinpath(OUTLETS).read_text("utf-8")
RIGHT = {
    "name": "paper",
    "domain": "paper.example",
    "outlet_en": "Paper",
    "known_from": "domain outlet_en = general_knowledge",
}


def table(*rows: dict[str, str]) -> str:
    """Return rows as CSV; a row that names no value for a column leaves it empty."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def test_the_table_is_as_a_program_writes_it_sorted_by_name() -> None:
    """So that a proposal of check-site changes only the lines that it means."""
    rows = list(csv.DictReader(io.StringIO(TEXT)))
    assert table(*rows) == TEXT
    assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)


def test_there_are_enough_outlets_and_most_are_in_two_lists() -> None:
    assert len(outlets()) >= 350
    assert sum(len(lists_naming(outlet)) >= 2 for outlet in outlets().values()) >= 250
    assert len({outlet.country for outlet in outlets().values()} - {"", "GB"}) == 22


def test_every_origin_is_used() -> None:
    used = {name for outlet in outlets().values() for names in outlet.known_from.values() for name in names}
    assert origins().keys() - used <= {"asked_site"}


@pytest.mark.parametrize("name", ["alarabiya", "almanar", "alriyadh", "alayam", "aleqt", "ami", "al_jazirah"])
def test_papers_of_many_lists_are_there(name: str) -> None:
    assert len(lists_naming(outlets()[name])) >= 5


def test_a_path_and_the_host_of_a_feed() -> None:
    scope = outlets()["bbc_arabic"].site().scope
    assert scope.on_site("https://www.bbc.com/arabic/articles/c1")
    assert scope.on_site("https://feeds.bbci.co.uk/arabic/rss.xml")
    assert not scope.on_site("https://www.bbc.com/news")
    assert not scope.on_site("https://www.bbc.com/arabicish")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": "Paper"}, "name must be"),
        ({"domain": "www.paper.example"}, "domain must be"),
        ({"domain": "https://paper.example/"}, "domain must be"),
        ({"path": "arabic", "known_from": "domain outlet_en path = general_knowledge"}, "path must be"),
        ({"outlet_ar": "Paper"}, "outlet_ar must be in Arabic letters"),
        ({"outlet_en": ""}, "outlet_en must be"),
        ({"country": "SY"}, "country must be named in known_from"),
        ({"timezone": "Asia/Damascus"}, "country must be filled in where timezone is"),
        ({"kind": "newspaper"}, "kind must be one of"),
        ({"owner": "king"}, "owner must be"),
        ({"rhythm": "often"}, "rhythm must be"),
        ({"checked": "seen"}, "checked must be"),
        ({"checked": "listed"}, "fewer than 2 lists"),
        ({"checked_on": "yesterday"}, "checked_on must be"),
        ({"known_from": "domain outlet_en country = general_knowledge"}, "country must be filled in"),
        ({"known_from": "domain outlet_en = hearsay"}, "no name of crawler/registry/origins.csv"),
        ({"known_from": "domain outlet_en"}, "write claim = origin"),
        ({"known_from": "domain domain outlet_en = general_knowledge"}, "names domain twice"),
        ({"known_from": "domain outlet_en colour = general_knowledge"}, "is no claim"),
        ({"sources": "https://paper.example/"}, "sources must be"),
        (
            {
                "sources": "feed=https://other.example/f",
                "known_from": "domain outlet_en sources = general_knowledge",
            },
            "on the domain",
        ),
    ],
)
def test_a_wrong_row_is_named_with_its_line(change: dict[str, str], reason: str) -> None:
    good = {**RIGHT, "name": "first", "domain": "first.example"}
    with pytest.raises(ValueError, match=r"crawler/registry/outlets\.csv, line 3 \(\w*\): ") as caught:
        read_outlets(table(good, RIGHT | change))
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (table(RIGHT, RIGHT), "name is also that of another row"),
        (table(RIGHT, RIGHT | {"name": "twin"}), "domain is also that of the row paper"),
        ("name,domain\npaper,paper.example\n", "the columns must be"),
        (table(RIGHT) + "short,row\n", "line 3: it must have"),
    ],
)
def test_a_wrong_table(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_outlets(text)


def test_a_row_becomes_a_site() -> None:
    outlet = read_outlets(table(RIGHT))["paper"]
    site = outlet.site()
    assert (site.outlet_ar, site.timezone, site.languages) == ("Paper", None, ("ar",))
    assert [source.kind for source in site.sources] == ["detect"]
    assert claims_of(outlet)["domain"] == {"value": "paper.example", "known_from": ["general_knowledge"]}


def test_the_figures_by_country_sum_up() -> None:
    rows = by_country(outlets().values())
    assert sum(row["outlets"] for row in rows) == len(outlets())
    assert all(row["outlets"] >= row["two_lists"] for row in rows)


def test_every_claim_is_a_column() -> None:
    assert set(CLAIMS) <= set(COLUMNS)
    assert set(CLAIMS) <= set(Outlet.__dataclass_fields__)
