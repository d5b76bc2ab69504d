"""Documents that can rot are held to the code."""

import re
from pathlib import Path

from scrapy.settings import default_settings

from settings import base

PROJECT = Path(__file__).resolve().parents[1]


def test_every_setting_of_ours_is_in_the_table_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", (PROJECT / "docs/settings.md").read_text(), re.MULTILINE)
    documented = {name: default.strip("`") for name, default in rows}
    ours = {
        name: value
        for name, value in vars(base).items()
        if name.isupper() and not hasattr(default_settings, name)
    }
    words = {None: "none", "": "empty"}
    expected = {
        name: words.get(value, str(value)) if not isinstance(value, list) else "empty"
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


def test_every_command_is_in_the_readme() -> None:
    readme = (PROJECT / "README.md").read_text()
    commands = {path.stem for path in (PROJECT / "crawler/commands").glob("*.py")} - {"__init__"}
    assert {
        name for name in commands if f"scrapy {name}" not in readme and f"make {name}" not in readme
    } == set()
