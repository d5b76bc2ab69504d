"""Crawls of one site by machines whose clocks are ahead, behind or right: what each says, what is lost."""

import json
from pathlib import Path

import pytest

from tests.clock import VARIABLE
from tests.crawl.archive_reading import articles
from tests.crawl.running import crawl, scrapy
from tests.torture.press import Press, printing

PAGES, MORE = 40, 60
OFF = {"CLOCK_TOLERANCE": "0"}


def crawled(
    press: Press, archive: Path, days: float, settings: dict[str, str], code: int = 0
) -> tuple[str, int]:
    """Crawl with a clock that is days ahead; return what the run said, and the number of articles."""
    result = crawl(
        "news",
        archive,
        arguments={"url": press.town.home},
        connect_to=[press.connect_to],
        settings=settings,
        env={VARIABLE: str(days)} if days else {},
    )
    assert result.returncode == code, result.stderr[-3000:]
    return result.stderr, len(articles(archive))


@pytest.mark.parametrize("ahead", [400, 0.05])
def test_a_run_with_a_clock_that_was_ahead_hides_nothing_from_later_ones(
    tmp_path: Path, ahead: float
) -> None:
    with printing(PAGES) as press:
        _, first = crawled(press, tmp_path, ahead, OFF)
        assert first == press.town.texts
    with printing(MORE) as grown:
        said, second = crawled(grown, tmp_path, 0, {})
        assert second == grown.town.texts
    assert "one of the two clocks was wrong" in said
    verified = scrapy("verify", str(tmp_path))
    assert verified.returncode == 0, verified.stdout
    assert "the order of the manifests counts" in verified.stdout


def test_a_clock_that_is_far_behind_ends_the_run_before_an_article(tmp_path: Path) -> None:
    with printing(PAGES) as press:
        _, first = crawled(press, tmp_path, 0, {})
        said, second = crawled(press, tmp_path, -400, {}, code=1)
        assert second == first
        assert "set the clock right" in said
        crawled(press, tmp_path, 0, {})
    verified = scrapy("verify", str(tmp_path))
    assert verified.returncode == 0, verified.stdout


def test_a_backdated_run_that_noted_no_clock_is_a_fault(tmp_path: Path) -> None:
    """A forger takes the note away, and writes the manifest anew."""
    with printing(PAGES) as press:
        crawled(press, tmp_path, 400, OFF)
        crawled(press, tmp_path, 0, {})
    stats = min(tmp_path.glob("runs/*/stats.json"))
    record = json.loads(stats.read_text())
    record["counters"] = {key: value for key, value in record["counters"].items() if "clock/" not in key}
    stats.write_text(json.dumps(record))
    verified = scrapy("verify", str(tmp_path))
    assert verified.returncode == 1
    assert "chain-order" in verified.stdout
