"""What newsite writes is Python as we write it, and makes the same Site again."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.detect import Detect
from crawler.discovery.feed import Feed
from crawler.discovery.listing import Listing
from crawler.discovery.sitemap import Sitemap
from crawler.discovery.wordpress import WordPress
from crawler.site import Site
from crawler.survey.naming import names_of
from crawler.survey.source_file import source_file
from tests.survey.loading import site_in

SITES = [
    Site(
        name="bare",
        domain="bare.example",
        outlet_ar="عار",
        outlet_en="Bare",
        sources=(Detect("https://bare.example/"),),
    ),
    Site(
        name="full",
        domain="full.example",
        port=8080,
        outlet_ar="كامل",
        outlet_en="Full",
        aliases=("ا" * 50, "ب" * 50, "ت" * 50),
        country="SY",
        timezone="Asia/Damascus",
        languages=("ar", "en"),
        sources=(
            Feed("https://full.example/a/long/way/to/the/feed/of/this/paper", pages=3),
            WordPress("https://full.example/"),
            Sitemap("https://full.example/sitemap.xml"),
            Listing("https://full.example/news", pages=2, paging="?page={page}"),
        ),
        article_url=r"/\d{4}/[^/?]+\.html",
        checked="live",
    ),
]


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_the_file_makes_the_site(site: Site, tmp_path: Path) -> None:
    path = tmp_path / f"{site.name}.py"
    (tmp_path / "__init__.py").touch()
    path.write_text(source_file(site, known_from="as described", themes=("jannah",)), "utf-8")
    assert site_in(path) == site
    for check in (["check"], ["format", "--check"]):
        result = subprocess.run(
            [sys.executable, "-m", "ruff", *check, "--config", "pyproject.toml", str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr


# Text of a foreign site that would leave its literal, or end the docstring or the comment.
HOSTILE = (
    'r"/x",q=1;/', '"""', "\\", '\\"', "\n", "\r\nimport os", "\u2028", "\x00", "'", "'\"", "{0}",
    r"\N{DASH}", "\\'\"",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_inside_its_literal(text: str) -> None:
    pattern = text if _is_pattern(text) else re.escape(text)
    site = Site(
        name="x",
        domain="x.example",
        outlet_ar=f"س{text}",
        outlet_en=f"{text}x",
        aliases=(text,),
        sources=(Feed(f"https://x.example/{text}"),),
        article_url=pattern,
    )
    space: dict[str, object] = {"__name__": "x"}
    source = source_file(site, known_from=text, themes=(text,))
    exec(compile(source, "x.py", "exec"), space)  # noqa: S102 - the very thing under test
    assert space["X"].site == site  # type: ignore[attr-defined]
    assert set(space) - {"__name__", "__builtins__", "__doc__"} == {"Feed", "Site", "SiteSpider", "X"}


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


@given(st.lists(st.text(max_size=40), max_size=4))
def test_the_file_is_sound_for_every_name_of_an_outlet(claimed: list[str]) -> None:
    names = names_of([tuple(claimed)])
    site = Site(
        name="x",
        domain="x.example",
        outlet_ar=names.arabic or "س",
        outlet_en=names.english or "x",
        aliases=names.aliases,
    )
    text = source_file(site, known_from="as described")
    space: dict[str, object] = {"__name__": "x"}
    exec(compile(text, "x.py", "exec"), space)  # noqa: S102 - the very thing under test
    assert space["X"].site == site  # type: ignore[attr-defined]
