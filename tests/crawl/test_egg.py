"""The project as Scrapyd runs it: from a zipped egg, in an empty folder, settings by the entry point."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.demo.outlets import OUTLETS
from crawler.demo.server import serve
from crawler.registry.table import outlets
from tests.crawl.archive_reading import articles
from tests.crawl.running import MAX_SECONDS, PROJECT, UNHURRIED

PACKAGED = ("crawler", "spiders", "pipelines", "settings")


@pytest.fixture(scope="module")
def egg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("source")
    for name in PACKAGED:
        shutil.copytree(PROJECT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "scrapy.cfg", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, source / name)
    built = source / "warraq.egg"
    command = [str(Path(sys.executable).with_name("scrapyd-deploy")), "--build-egg", str(built)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=MAX_SECONDS)
    return built


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "server"
    folder.mkdir()
    return folder


def scrapy_in(egg: Path, folder: Path, *arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """Scrapy in a folder without the project; the egg, still zipped, is all there is of it."""
    program = (
        "from importlib.metadata import distributions\n"
        "import os, sys\n"
        "sys.path = [entry for entry in sys.path if entry not in ('', os.getcwd())]\n"
        "here = distributions(path=[os.environ['PYTHONPATH']])\n"
        "[found] = [d for d in here if d.metadata['Name'] == 'warraq']\n"
        "[entry] = [e for e in found.entry_points if e.group == 'scrapy']\n"
        "os.environ['SCRAPY_SETTINGS_MODULE'] = entry.value\n"
        "from scrapy.cmdline import execute\n"
        "if __name__ == '__main__':\n"
        "    execute(['scrapy', *sys.argv[1:]])\n"
    )
    script = folder.parent / "run.py"
    script.write_text(program)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SCRAPY_"))}
    return subprocess.run(
        [sys.executable, str(script), *arguments],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(egg), **env},
        capture_output=True,
        text=True,
        timeout=MAX_SECONDS,
        check=False,
    )


def test_the_sites_load(egg: Path, empty: Path) -> None:
    result = scrapy_in(egg, empty, "list", WARRAQ_ARCHIVE="archive")
    files = {path.stem for path in (PROJECT / "spiders").glob("[a-z]*.py")} - {"outlets"}
    names = sorted(files | outlets().keys())
    assert result.stdout.split() == names, result.stderr


def test_a_crawl_from_the_egg(egg: Path, empty: Path) -> None:
    settings = [word for name, value in UNHURRIED.items() for word in ("-s", f"{name}={value}")]
    with serve([OUTLETS["nakhla"]]) as stand:
        result = scrapy_in(
            egg,
            empty,
            "crawl",
            "news",
            "-a",
            "url=http://nakhla.example/",
            "-a",
            "limit=3",
            "-a",
            "_job=4f2a",
            "-s",
            f"CONNECT_TO={','.join(stand.connect_to())}",
            *settings,
            WARRAQ_ARCHIVE=str(empty / "archive"),
        )
    assert result.returncode == 0, result.stderr[-3000:]
    rows = articles(empty / "archive")
    assert len(rows) == 3
    assert all(row["text"] and row["extractor"].startswith("warraq/") for row in rows)
    assert '"level": "INFO"' in result.stderr  # production logs for machines
