"""Nothing heavy is loaded ahead of need: Scrapy loads every command's module, most commands every spider."""

import subprocess
import sys

import pytest

from tests.crawl.running import PROJECT

HEAVY = {
    "boto3", "botocore", "htmldate", "matplotlib", "numpy", "pyarrow", "rich", "sqlite3",
    "starlette", "tantivy", "trafilatura", "uvicorn",
}  # fmt: skip
# Packages of the project that only a crawl or a command of their own needs.
CRAWL = {
    "crawler.capture", "crawler.extraction", "crawler.extensions", "crawler.ledger.ledger",
    "crawler.politeness", "crawler.run.recovery", "crawler.storage.s3", "crawler.tables", "crawler.verify",
    "crawler.wacz", "pipelines",
}  # fmt: skip
MODULES = {
    "crawler.commands": HEAVY | CRAWL | {"crawler.discovery", "crawler.ledger", "crawler.storage", "spiders"},
    "spiders": HEAVY | CRAWL,
    "crawler.extensions.run": HEAVY - {"sqlite3", "rich"},
    "pipelines": HEAVY - {"sqlite3", "rich"},
}


@pytest.mark.parametrize("module", MODULES)
def test_nothing_heavy_is_loaded_ahead_of_need(module: str) -> None:
    program = (
        "import sys\n"
        "from scrapy.utils.misc import walk_modules_iter\n"
        f"list(walk_modules_iter({module!r}))\n"
        "print(*sys.modules)\n"
    )
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    loaded = set(result.stdout.split())
    assert module in loaded
    assert loaded & MODULES[module] == set()


def test_a_list_of_the_sites_loads_no_crawl() -> None:
    program = (
        "import sys\n"
        "from scrapy.cmdline import execute\n"
        "sys.argv = ['scrapy', 'sites', '--json']\n"
        "try:\n"
        "    execute()\n"
        "finally:\n"
        "    print(*sys.modules, file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert set(result.stderr.split()) & (HEAVY | CRAWL) == set()
