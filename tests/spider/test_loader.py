"""A site's file that cannot be imported fails that site alone."""

import shutil
from pathlib import Path

import pytest
from scrapy.settings import Settings

from crawler.spider.loader import SiteLoader
from tests.crawl.running import PROJECT, scrapy

GOOD = "from scrapy import Spider\n\n\nclass {name}(Spider):\n    name = '{name}'\n"
BROKEN = {
    "syntax": "class Broken(:\n",
    "site": "from crawler.site import Site\nsite = Site(name='?', domain='', outlet_ar='', outlet_en='')\n",
    "missing": "import no_such_module_anywhere\n",
    "error": "1 / 0\n",
}


@pytest.fixture(name="package")
def spiders_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """An importable package with a name of its own, since Python keeps what it imported."""
    folder = tmp_path / f"spiders_of_{abs(hash(request.node.name))}"
    (folder / "inner").mkdir(parents=True)
    for path in ("__init__.py", "inner/__init__.py"):
        (folder / path).touch()
    (folder / "one.py").write_text(GOOD.format(name="one"))
    (folder / "inner" / "two.py").write_text(GOOD.format(name="two"))
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def loader_of(package: Path) -> SiteLoader:
    return SiteLoader.from_settings(Settings({"SPIDER_MODULES": [package.name]}).frozencopy())


def test_a_sound_package_loads_as_scrapy_does(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (package / "__init__.py").write_text(GOOD.format(name="top"))
    loader = loader_of(package)
    assert (sorted(loader.list()), loader.broken) == (["one", "top", "two"], {})
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_left_out_and_named_once(
    package: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (package / "broken.py").write_text(BROKEN[kind])
    for _ in range(2):
        loader = loader_of(package)
        assert sorted(loader.list()) == ["one", "two"]
        assert list(loader.broken) == ["broken"]
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{package.name}.broken cannot be imported, so its site is left out: ")


def test_commands_run_beside_a_broken_file(tmp_path: Path) -> None:
    shutil.copy(PROJECT / "scrapy.cfg", tmp_path)
    shutil.copytree(PROJECT / "settings", tmp_path / "settings")
    (tmp_path / "spiders").mkdir()
    for name in ("__init__", "step_agency"):
        shutil.copy(PROJECT / "spiders" / f"{name}.py", tmp_path / "spiders")
    (tmp_path / "spiders" / "broken.py").write_text(BROKEN["site"])
    env = {"PYTHONPATH": f"{tmp_path}:{PROJECT}"}
    listed = scrapy("list", cwd=tmp_path, env=env)
    assert (listed.returncode, listed.stdout) == (0, "step_agency\n")
    assert "spiders.broken cannot be imported, so its site is left out: ValueError: Site '?'" in listed.stderr
    crawled = scrapy("crawl", "broken", cwd=tmp_path, env=env)
    assert crawled.returncode == 1
    assert "scrapy crawl: The site broken cannot be crawled.\n" in crawled.stderr
    assert "Traceback" not in crawled.stderr
