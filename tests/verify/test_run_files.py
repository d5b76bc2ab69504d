"""Files told to be a run's by their names, and a killed run that gets its manifest later."""

import shutil
from pathlib import Path

import pytest

from crawler.archive.manifest import ManifestFile, build_manifest, previous_manifests
from crawler.archive.run_files import found_files, site_and_suffix
from crawler.archive.signing import seal_run
from crawler.errors import ArchiveError
from crawler.storage import open_storage
from crawler.storage.outbox import Outbox
from tests.verify.building import SITE, Archive, facts
from tests.verify.checking import codes_in, faults_in


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        (
            "warc/step_agency/2026/11/WARRAQ-step_agency-20261121225500-00000-9f3a1c.warc.gz",
            ("step_agency", "9f3a1c"),
        ),
        ("cdxj/a-1/2026/11/WARRAQ-a-1-20261121225500-00000-9f3a1c.cdxj", ("a-1", "9f3a1c")),
        ("articles/site=x/month=2026-11/WARRAQ-x-20261121225500-9f3a1c-00001.parquet", ("x", "9f3a1c")),
        ("warc/x/2026/11/notes.txt", None),
        ("ledger/x.sqlite", None),
        ("9f3a1c.warc.gz", None),
    ],
)
def test_a_name_tells_its_run(key: str, wanted: tuple[str, str] | None) -> None:
    assert site_and_suffix(key) == wanted


def test_a_killed_run_gets_its_manifest_later(archive: Archive, tmp_path: Path) -> None:
    killed, storage = archive.runs[1].run_id, open_storage(str(archive.root))
    folder = archive.path(f"runs/{killed}")
    for name in ("manifest.json", "manifest-sha256.txt"):
        (folder / name).unlink()
    assert codes_in(archive) == {"unfinished-run"}
    found = found_files(storage, killed)
    assert {file.key for file in found} == {
        archive.runs[1].warc,
        archive.runs[1].cdxj,
        archive.runs[1].table,
        f"runs/{killed}/log.txt",
    }
    manifest = build_manifest(facts(killed, 1), found, previous_manifests(storage, SITE, killed))
    seal_run(tmp_path, manifest)
    assert found_files(storage, killed) == found
    assert Outbox(tmp_path, storage).deliver_all().failed == {}
    assert faults_in(archive) == []
    assert found_files(storage, killed) == found


def test_a_run_that_left_nothing(archive: Archive) -> None:
    storage = open_storage(str(archive.root))
    shutil.rmtree(archive.root / "runs")
    nothing: list[ManifestFile] = []
    assert found_files(storage, f"20261121220000-{SITE}-abcdef") == nothing
    with pytest.raises(ArchiveError):
        found_files(storage, "../../etc/passwd")
