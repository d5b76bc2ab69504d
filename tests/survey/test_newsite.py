"""newsite through the door, in a project of its own: what it writes loads, and its case passes at once."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from crawler.demo.outlets import OUTLETS, expected
from crawler.demo.server import Newsstand, serve
from crawler.extraction import extract
from crawler.items import Article
from crawler.survey.recorded_case import expected_of
from tests.crawl.running import PROJECT, UNHURRIED, scrapy
from tests.sites.cases import load
from tests.survey.loading import site_in

Result = CompletedProcess[str]


@pytest.fixture(name="project")
def own_project(tmp_path: Path) -> Path:
    """A folder that Scrapy takes for a project with few sites, the rest of it being ours."""
    shutil.copy(PROJECT / "scrapy.cfg", tmp_path)
    (tmp_path / "spiders").mkdir()
    for name in ("__init__", "news", "step_agency"):
        shutil.copy(PROJECT / "spiders" / f"{name}.py", tmp_path / "spiders")
    return tmp_path


@pytest.fixture(name="stand", scope="module")
def open_stand() -> Iterator[Newsstand]:
    with serve(OUTLETS.values()) as stand:
        yield stand


def newsite(project: Path, *words: str, stand: Newsstand | None = None) -> Result:
    settings = {**UNHURRIED, "CONNECT_TO": ",".join(stand.connect_to())} if stand else {}
    path = os.pathsep.join([str(project), str(PROJECT)])
    return scrapy("newsite", *words, settings=settings, env={"PYTHONPATH": path}, cwd=project)


@pytest.mark.parametrize("key", OUTLETS)
def test_a_demo_paper_is_described_and_its_case_passes(key: str, project: Path, stand: Newsstand) -> None:
    outlet = OUTLETS[key]
    result = newsite(project, outlet.home, "--name", key, stand=stand)
    assert result.returncode == 0, result.stderr
    site = site_in(project / "spiders" / f"{key}.py")
    assert (site.domain, site.outlet_ar, site.checked) == (outlet.host, outlet.name_ar, "recorded")
    assert {"feed"} <= {source.kind for source in site.sources}
    (folder,) = (project / "tests" / "sites" / key).iterdir()
    page, answer = load(folder)
    article = extract(page, site)
    assert isinstance(article, Article)
    assert expected_of(page, article).items() >= answer.items()
    known = {each["title"]: each for each in expected(outlet)}[article.title]
    assert [line for line in article.text.split("\n") if line not in known["optional"]] == known["text"]
    for word in (str(folder), "pytest tests/sites", "the outlet's work"):
        assert word in result.stdout


def test_a_recorded_page_is_enough(project: Path, stand: Newsstand) -> None:
    assert newsite(project, "http://zaytoun.example/", "--name", "one", stand=stand).returncode == 0
    (folder,) = (project / "tests" / "sites" / "one").iterdir()
    page = folder / "page.html"
    (project / "spiders" / "one.py").unlink()
    cases = project / "elsewhere"
    result = newsite(
        project, "http://zaytoun.example/article/702/x", "--page", str(page), "--cases", str(cases)
    )
    assert result.returncode == 0, result.stderr
    site = site_in(project / "spiders" / "zaytoun_example.py")
    assert site.checked == "declared"
    assert site.sources[-1].kind == "detect"
    assert len(list((cases / "zaytoun_example").iterdir())) == 1


def test_nothing_is_written_over_anything(project: Path, stand: Newsstand) -> None:
    assert newsite(project, "http://wadi.example/", stand=stand).returncode == 0
    before = {path: path.stat().st_mtime_ns for path in project.rglob("*") if "__pycache__" not in path.parts}
    for words, said in (
        (["http://wadi.example/"], "is described already"),
        (["http://nakhla.example/", "--name", "wadi_example"], "There is a site 'wadi_example' already"),
        (["http://nakhla.example/", "--name", "news"], "There is a site 'news' already"),
        (["http://nakhla.example/", "--name", "../x"], "name must be"),
        (["http://nakhla.example/", "--name", "a-b"], "is not the name of a Python module"),
    ):
        result = newsite(project, *words, stand=stand)
        assert result.returncode == 2, words
        assert said in result.stderr
        assert "Traceback" not in result.stderr
    after = {path: path.stat().st_mtime_ns for path in project.rglob("*") if "__pycache__" not in path.parts}
    assert after == before


def test_a_page_that_is_no_article_makes_no_site(project: Path) -> None:
    page = project / "home.html"
    page.write_text("<html><body><a href='/2026/01/02/story-one/'>خبر</a></body></html>", "utf-8")
    result = newsite(project, "https://paper.example/", "--page", str(page))
    assert result.returncode == 1
    assert "No page gave an article" in result.stderr
    assert not (project / "spiders" / "paper_example.py").exists()
    assert not (project / "tests").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "Name one address"),
        (["a", "b"], 2, "Name one address"),
        (["nothing"], 2, "is not an address"),
        (["--page", "missing.html"], 1, "cannot be read"),
        (["https://stepagency-sy.net/"], 2, "as the site step_agency"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(words: list[str], code: int, said: str, project: Path) -> None:
    result = newsite(project, *words)
    assert result.returncode == code
    assert said in result.stderr
    assert "Traceback" not in result.stderr
