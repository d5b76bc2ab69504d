"""The house of the project: which package may import which, and how large a module may be."""

import re

from tests.structure.imports import RANK, ROOT, circles, module_circles, modules, upward

FOUND = modules()
FLAT_MODULES = 5  # errors, items, lanes, site, urls
LINES_MAX = 300


def test_every_package_has_its_place() -> None:
    assert {module.room for module in FOUND} <= set(RANK)


def test_nothing_imports_upwards() -> None:
    assert upward(FOUND) == []


def test_packages_and_modules_import_each_other_in_no_circle() -> None:
    assert circles(FOUND) == []
    assert module_circles(FOUND) == []


def test_five_modules_at_most_lie_flat_in_crawler() -> None:
    assert sum(module.flat for module in FOUND) <= FLAT_MODULES


def test_modules_are_short() -> None:
    assert [module.name for module in FOUND if module.lines > LINES_MAX] == []


def test_the_core_knows_no_scrapy() -> None:
    core = ("archive", "arabic", "discovery", "extraction", "health", "ledger", "run", "storage", "tables")
    paths = [path for room in core for path in (ROOT / "crawler" / room).rglob("*.py")]
    assert paths
    scrapy = re.compile(r"^\s*(from|import) scrapy\b", re.MULTILINE)
    assert [str(path) for path in paths if scrapy.search(path.read_text("utf-8"))] == []
