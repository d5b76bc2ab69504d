"""Documents agree with the code."""

import re
from pathlib import Path

from scrapy.settings import default_settings

from crawler import __version__
from settings import base
from tests.structure.imports import RANK

PROJECT = Path(__file__).resolve().parents[1]


def test_every_setting_of_ours_is_in_the_table_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", (PROJECT / "docs/settings.md").read_text(), re.MULTILINE)
    documented = {name: default.strip("`") for name, default in rows}
    ours = {
        name: value
        for name, value in vars(base).items()
        if name.isupper() and not hasattr(default_settings, name)
    }
    spelled = {None: "none", "": "empty"}
    expected = {
        name: spelled.get(value, str(value)) if not isinstance(value, list) else "empty"
        for name, value in ours.items()
    }
    assert documented == expected


def test_every_difference_from_scrapy_says_why() -> None:
    lines = (PROJECT / "settings/base.py").read_text().splitlines()
    silent = [
        line
        for line in lines
        if re.match(r"[A-Z_]+ = ", line) and "#" not in line and not line.endswith(("{", "["))
    ]
    assert silent == []


def test_every_package_is_in_the_table_of_contributing() -> None:
    table = (PROJECT / "CONTRIBUTING.md").read_text("utf-8").partition("## Add a site")[0]
    named = set(re.findall(r"`(?:crawler/)?(\w+)(?:\.py|/)`", table))
    assert RANK.keys() - named == set()


def test_the_readme_fits_on_three_screens() -> None:
    assert len((PROJECT / "README.md").read_text("utf-8").splitlines()) <= 125


def test_the_version_is_the_same_everywhere() -> None:
    citation = (PROJECT / "CITATION.cff").read_text("utf-8")
    assert re.search(rf"^version: {re.escape(__version__)}$", citation, re.MULTILINE)
    assert f"## [{__version__}]" in (PROJECT / "CHANGELOG.md").read_text("utf-8")


def test_links_between_documents_lead_to_files() -> None:
    """MkDocs checks the links inside docs/ (make docs); these are the documents outside."""
    for document in PROJECT.glob("*.md"):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8")):
            assert (PROJECT / target).exists(), f"{document.name} links to {target}"
