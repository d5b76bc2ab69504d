"""check-site --all: the order of the walk, its end, and the patch of the table that it proposes."""

import shutil
import socket
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from scrapy.utils.project import get_project_settings

from crawler.registry.table import FOLDER, OUTLETS, known_from_text, outlets, read_outlets
from crawler.survey.walk import look_with, order, proposal, reports, verdict
from tests.crawl.running import PROJECT, scrapy

DAY = date(2026, 11, 30)
HEALTHY = {"healthy": True, "problems": []}
SICK = {"healthy": False, "problems": ["detect https://alriyadh.com/ named no article (dns)."]}


def test_the_origins_of_every_row_are_written_as_they_are_read() -> None:
    text = (PROJECT / FOLDER / OUTLETS).read_text("utf-8")
    for outlet in outlets().values():
        assert known_from_text(outlet.known_from) in text


def test_a_patch_applies_and_changes_only_what_was_checked(tmp_path: Path) -> None:
    found: dict[str, Any] = {"alayam": HEALTHY, "alriyadh": SICK, "albayan": HEALTHY, "almanar": {}}
    patch = proposal(found, DAY)
    changed = [line for line in patch.splitlines() if line.startswith("+") and not line.startswith("+++")]
    assert len(changed) == len(found)
    (tmp_path / FOLDER).mkdir(parents=True)
    copied = shutil.copy(PROJECT / FOLDER / OUTLETS, tmp_path / FOLDER)
    subprocess.run(["/usr/bin/env", "git", "apply"], input=patch.encode(), cwd=tmp_path, check=True)
    after = read_outlets(Path(copied).read_text("utf-8"))
    assert (after["alayam"].checked, after["alayam"].checked_on) == ("live", "2026-11-30")
    assert after["alayam"].known_from["domain"][-1] == "asked_site"
    assert after["albayan"].checked == "recorded"
    assert after["alriyadh"].checked == outlets()["alriyadh"].checked
    assert after["alriyadh"].notes == "2026-11-30: detect https://alriyadh.com/ named no article (dns)."
    assert after["almanar"].notes == "2026-11-30: the check gave no result"
    assert {name for name in after if after[name] != outlets()[name]} == found.keys()


def test_no_check_changes_nothing() -> None:
    assert proposal({}, DAY) == ""


def test_outlets_without_a_check_come_first() -> None:
    names = order(outlets().values())
    dates = [outlets()[name].checked_on for name in names]
    assert dates == sorted(dates)
    assert len(names) == len(outlets())


@pytest.mark.parametrize(("seconds", "count"), [(None, 9), (600.0, 9), (1e-9, 0)])
def test_no_check_starts_after_the_time(seconds: float | None, count: int) -> None:
    names = [f"paper{number}" for number in range(9)]
    found = dict(reports(names, lambda _: HEALTHY, seconds))
    assert list(found) == names[:count]
    assert {verdict(report) for report in found.values()} <= {"healthy"}


def test_an_outlet_is_checked_with_the_settings_of_the_command() -> None:
    settings = get_project_settings()
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        settings.set("CONNECT_TO", f"sana.sy:443:127.0.0.1:{port}", priority="cmdline")
        report = look_with(settings)("sana")
    assert report["site"] == "sana"
    assert not report["healthy"]
    assert report["requests"] > 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--all", "step_agency"], "name no site beside it"),
        (["--all", "--limit-time", "0"], "leaves no time"),
        (["--all", "--proposal", "README.md"], "nothing is overwritten"),
    ],
)
def test_a_mistake_is_one_sentence(words: list[str], sentence: str) -> None:
    result = scrapy("check-site", *words)
    assert result.returncode == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
