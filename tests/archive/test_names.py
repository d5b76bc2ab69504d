"""The one grammar of run ids, file names and keys."""

from datetime import UTC, datetime

import pytest

from crawler.archive import names
from crawler.archive.names import FileOwner, RunId, new_run_id, site_of_run
from crawler.errors import ArchiveError

RUN = "20261121225500-step_agency-9f3a1c"
BEGAN = datetime(2026, 11, 21, 22, 55, tzinfo=UTC)


def test_a_run_id_and_its_parts() -> None:
    run = RunId.of(RUN)
    assert (run.stamp, run.site, run.suffix, run.began) == ("20261121225500", "step_agency", "9f3a1c", BEGAN)
    assert str(run) == RUN
    made = new_run_id("a-1", BEGAN)
    assert (site_of_run(made), RunId.of(made).began) == ("a-1", BEGAN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "../20261121225500-x-9f3a1c",
        "2026112122550-x-9f3a1c",
        "20261121225500-x-9F3A1C",
        "20261121225500-x-9f3a1",
        "20261121225500-x-9f3a1c\n",
        "20261121225500-X-9f3a1c",
        f"20261121225500-{'x' * 64}-9f3a1c",
    ],
)
def test_texts_that_are_no_run_id(text: str) -> None:
    assert RunId.parse(text) is None
    assert site_of_run(text) is None
    with pytest.raises(ArchiveError, match="names no run"):
        RunId.of(text)


WARC = names.new_warc_key("step_agency", RUN, opened=BEGAN, serial=7)
TABLE = names.table_key("articles", site="step_agency", month="2026-11", run_id=RUN, part=1)


def test_keys() -> None:
    assert WARC == "warc/step_agency/2026/11/WARRAQ-step_agency-20261121225500-00007-9f3a1c.warc.gz"
    index = names.cdxj_key(WARC)
    assert index == "cdxj/step_agency/2026/11/WARRAQ-step_agency-20261121225500-00007-9f3a1c.cdxj"
    assert names.warc_key(index) == WARC
    assert names.is_merged(names.merged_key("step_agency"))
    assert not names.is_merged(index)
    folder = "articles/site=step_agency/month=2026-11"
    assert f"{folder}/WARRAQ-step_agency-20261121225500-9f3a1c-00001.parquet" == TABLE


@pytest.mark.parametrize(
    ("key", "site", "suffix"),
    [
        (WARC, "step_agency", "9f3a1c"),
        (names.cdxj_key(WARC), "step_agency", "9f3a1c"),
        (TABLE, "step_agency", "9f3a1c"),
        ("cdxj/a-1/2026/11/WARRAQ-a-1-20261121225500-00000-abcdef.cdxj", "a-1", "abcdef"),
    ],
)
def test_the_key_of_a_file_names_its_run(key: str, site: str, suffix: str) -> None:
    owner = FileOwner.parse(key)
    assert owner is not None
    assert (owner.site, owner.suffix, owner.stamp) == (site, suffix, "20261121225500")
    assert owner.is_of(RunId.of(f"20261121225500-{site}-{suffix}"))
    assert not owner.is_of(RunId.of(f"20261121225500-{site}-000000"))


@pytest.mark.parametrize(
    "key", ["warc/x/2026/11/notes.txt", "ledger/x.sqlite", "9f3a1c.warc.gz", "cdxj/x.cdxj", "runs/x/log.txt"]
)
def test_other_keys_are_of_no_run(key: str) -> None:
    assert FileOwner.parse(key) is None


@pytest.mark.parametrize(
    ("name", "belongs"),
    [
        ("manifest.json", True),
        ("manifest.json.sig", True),
        ("manifest.json.99.tsr", True),
        ("manifest.json.1.pending", True),
        ("manifest-sha256.txt", True),
        ("manifest.json.0.tsr", False),
        ("stats.json", False),
    ],
)
def test_files_that_no_manifest_names(name: str, belongs: bool) -> None:  # noqa: FBT001
    assert names.is_seal_name(name) is belongs
