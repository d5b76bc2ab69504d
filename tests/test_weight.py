"""What the main process need not carry: Scrapy loads every command's module for every command."""

import subprocess
import sys

import pytest

from tests.crawl.running import PROJECT

HEAVY = ("matplotlib", "numpy", "pyarrow", "trafilatura", "boto3", "htmldate")
MODULES = (
    "crawler.commands",
    "crawler.extensions.run",
    "pipelines.extract",
    "pipelines.store",
    "spiders.news",
)


@pytest.mark.parametrize("module", MODULES)
def test_nothing_heavy_is_loaded_ahead_of_need(module: str) -> None:
    program = (
        "import sys\n"
        "from scrapy.utils.misc import walk_modules_iter\n"
        f"list(walk_modules_iter({module!r}))\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
