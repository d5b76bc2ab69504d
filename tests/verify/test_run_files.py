"""The files of one run, and a killed run that gets its manifest later."""

import shutil
from pathlib import Path

import pytest

from crawler.archive.manifest import ManifestFile, build_manifest, previous_manifests
from crawler.archive.runs import found_files
from crawler.archive.signing import seal_run
from crawler.errors import ArchiveError
from crawler.storage import open_storage
from crawler.storage.outbox import Outbox
from tests.verify.building import SITE, Archive, facts
from tests.verify.checking import codes_in, faults_in


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
