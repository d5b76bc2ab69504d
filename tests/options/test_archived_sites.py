"""A site that the archive does not have is exit code 2 in every command."""

from pathlib import Path

import pytest

from crawler.errors import UsageError
from crawler.options.archived_sites import check_site
from crawler.storage import open_storage
from tests.wacz.commanding import run_command


@pytest.fixture(name="archive")
def archive_of_three_sites(tmp_path: Path) -> Path:
    for key in ("warc/step_agency/2026", "articles/site=barada", "runs/20260301120000-wadi-0a1b2c", "ledger"):
        (tmp_path / key).mkdir(parents=True)
    for key in ("warc/step_agency/2026/x.warc.gz", "articles/site=barada/x.parquet", "ledger/wadi.sqlite",
                "runs/20260301120000-wadi-0a1b2c/stats.json"):  # fmt: skip
        (tmp_path / key).touch()
    return tmp_path


@pytest.mark.parametrize("name", ["step_agency", "barada", "wadi", None])
def test_each_trace_of_a_site_is_enough(archive: Path, name: str | None) -> None:
    check_site(open_storage(str(archive)), name)


def test_an_empty_archive_is_left_to_the_command(tmp_path: Path) -> None:
    check_site(open_storage(str(tmp_path)), "barada")


@pytest.mark.parametrize(
    ("name", "hint"), [("barata", "Did you mean barada?"), ("x", "It has barada, step_agency, wadi.")]
)
def test_the_sentence_helps(archive: Path, name: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"has no site '{name}'. {hint}"):
        check_site(open_storage(str(archive)), name)


@pytest.mark.parametrize(
    "command", ["compact", "coverage", "export", "reextract", "replay", "report", "verify", "wacz"]
)
def test_every_command_refuses_it_alike(archive: Path, tmp_path: Path, command: str) -> None:
    output = ["--output", str(tmp_path / "x.jsonl")] if command in {"export", "wacz"} else []
    ended = run_command(command, str(archive), "--site", "absent", *output)
    assert ended.code == 2, ended.said
    assert "'absent'" in ended.said
