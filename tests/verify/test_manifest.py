"""Manifests: one spelling, read strictly, also from random bytes."""

import hashlib
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.archive.canonical import canonical_json, distributions_digest, settings_digest, settings_json
from crawler.archive.manifest import (
    Manifest,
    ManifestFile,
    Previous,
    build_manifest,
    previous_manifests,
)
from crawler.archive.manifest_fields import ManifestError
from crawler.storage import open_storage
from tests.verify.building import SITE, Archive, facts, run_id

FILES = (
    ManifestFile(
        key="warc/a/1.warc.gz",
        size=2**40,
        sha256="a" * 64,
        version_id='v"1',
        records=3,
        first_date=datetime(2026, 1, 1, tzinfo=UTC),
        last_date=datetime(2026, 1, 2, 3, 4, 5, 6, UTC),
    ),
    ManifestFile(key="articles/a.parquet", size=0, sha256="b" * 64, rows=0),
)
PREVIOUS = (Previous(run_id=run_id(2), sha256="c" * 64), Previous(run_id=run_id(1), sha256="d" * 64))
MANIFEST = build_manifest(facts(run_id(3), 3), FILES, PREVIOUS)
JSON: Any = json.loads(MANIFEST.to_bytes())
texts = st.text(st.characters(exclude_categories=["Cs"]))


def test_one_spelling() -> None:
    data = MANIFEST.to_bytes()
    assert data.startswith(b'{"began":"2026-11-22T01:00:00.000000Z","distributions_sha256":"')
    assert b'"operator":"\xd9\x85' in data  # letters as they are
    assert b" " not in data.replace("مكتبة الورّاق".encode(), b"")
    assert [file["key"] for file in JSON["files"]] == ["articles/a.parquet", "warc/a/1.warc.gz"]
    assert JSON["files"][0] == {"key": "articles/a.parquet", "size": 0, "sha256": "b" * 64, "rows": 0}
    assert [each["run_id"] for each in JSON["previous"]] == [run_id(1), run_id(2)]
    assert "hidden" not in data.decode()


def test_moments_are_told_in_utc() -> None:
    cairo = timezone(timedelta(hours=2))
    there = replace(facts(run_id(3), 3), began=datetime(2026, 11, 22, 3, tzinfo=cairo))
    assert build_manifest(there, FILES, PREVIOUS) == MANIFEST


@given(
    operator=st.none() | texts,
    host=texts,
    software=st.dictionaries(st.from_regex(r"[!-~]{1,9}", fullmatch=True), texts),
)
def test_what_is_written_is_read(operator: str | None, host: str, software: dict[str, str]) -> None:
    said = replace(facts(run_id(3), 3), operator=operator, host=host, software=software)
    manifest = build_manifest(said, FILES, PREVIOUS)
    assert manifest.facts.operator == operator
    assert Manifest.parse(manifest.to_bytes()).to_bytes() == manifest.to_bytes()


def test_a_checkpoint_is_not_promised() -> None:
    ledger = ManifestFile(key="ledger/a.sqlite", size=1, sha256="e" * 64)
    assert build_manifest(facts(run_id(3), 3), [*FILES, ledger], PREVIOUS) == MANIFEST


@given(st.binary())
@example(b"[" * 100_000)
@example(b'{"a":' * 50_000)
@example(b"1" * 5_000)
@example(b"\xef\xbb\xbf" + MANIFEST.to_bytes())
@example(MANIFEST.to_bytes() + b"\n")
@example(MANIFEST.to_bytes().replace(b'"host":"press"', b'"host":"\\ud800"'))
@example(MANIFEST.to_bytes().replace(b'"host":"press"', b'"host":"pres\\u0073"'))
@example(MANIFEST.to_bytes().replace(b'"host"', b'"host":"x","host"'))
@example(MANIFEST.to_bytes().replace(b'"rows":0', b'"rows":0.0'))
@example(
    MANIFEST.to_bytes()
    .replace(b'"began":"2026', b'"began":"0001')
    .replace(b'T01:00:00.000000Z"', b'T01:00:00+20:00"', 1)
)
def test_other_bytes_are_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(ManifestError) as error:
        Manifest.parse(data)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


def within(*path: str | int) -> Callable[[Any, Any], None]:
    def put(record: Any, value: Any) -> None:
        for step in path[:-1]:
            record = record[step]
        record[path[-1]] = value

    return put


@pytest.mark.parametrize(
    ("put", "value"),
    [
        (within("format"), "warraq-manifest/2"),
        (within("run_id"), "../../etc"),
        (within("run_id"), "20261121220000-other_site-000000"),
        (within("site"), None),
        (within("began"), "yesterday"),
        (within("began"), "2026-11-22T01:00:00"),
        (within("operator"), 5),
        (within("host"), None),
        (within("software"), {"": "1"}),
        (within("software"), {"a": 1}),
        (within("software"), []),
        (within("settings_sha256"), "A" * 64),
        (within("key_id"), ""),
        (within("files"), {}),
        (within("files"), [None]),
        (within("files", 0, "key"), "../up"),
        (within("files", 0, "key"), "/etc/passwd"),
        (within("files", 0, "key"), "warc/a/1.warc.gz"),
        (within("files", 0, "key"), "z"),
        (within("files", 0, "size"), -1),
        (within("files", 0, "size"), True),
        (within("files", 0, "size"), 2**53),
        (within("files", 0, "size"), "1"),
        (within("files", 0, "rows"), None),
        (within("files", 0, "sha256"), "a" * 63),
        (within("files", 0, "more"), 1),
        (within("files", 1, "first_date"), "2026"),
        (within("previous"), None),
        (within("previous", 0, "sha256"), None),
        (within("previous", 0, "more"), 1),
        (within("more"), 1),
    ],
)
def test_a_value_out_of_place_is_refused(put: Callable[[Any, Any], None], value: Any) -> None:
    record = json.loads(MANIFEST.to_bytes())
    put(record, value)
    with pytest.raises(ManifestError):
        Manifest.parse(canonical_json(record))


def test_sha256sum_reads_the_checksums(archive: Archive) -> None:
    run = archive.runs[0]
    sums = f"runs/{run.run_id}/manifest-sha256.txt"
    command = ["/usr/bin/sha256sum", "--check", "--strict", sums]
    right = subprocess.run(command, cwd=archive.root, capture_output=True, text=True, check=False)
    assert right.returncode == 0, right.stderr
    assert len(right.stdout.splitlines()) == 5  # WARC, index, articles, log, manifest
    archive.rewrite(run.warc, lambda data: data[:-1])
    assert subprocess.run(command, cwd=archive.root, capture_output=True, check=False).returncode == 1


def test_the_manifests_before_a_run(archive: Archive) -> None:
    storage = open_storage(str(archive.root))
    first, second = archive.runs
    [newest] = previous_manifests(storage, SITE, run_id(7))
    data = archive.path(f"runs/{second.run_id}/manifest.json").read_bytes()
    assert newest == Previous(run_id=second.run_id, sha256=Manifest.parse(data).sha256())
    assert [each.run_id for each in previous_manifests(storage, SITE, second.run_id)] == [first.run_id]
    assert previous_manifests(storage, "other_site", run_id(7)) == ()


def test_a_broken_manifest_is_named_all_the_same(archive: Archive) -> None:
    second = archive.runs[1].run_id
    archive.path(f"runs/{second}/manifest.json").write_bytes(b"{}")
    named = previous_manifests(open_storage(str(archive.root)), SITE, run_id(7))
    assert [each.run_id for each in named] == [archive.runs[0].run_id, second]


def test_no_runs_at_all(tmp_path: Path) -> None:
    assert previous_manifests(open_storage(str(tmp_path)), SITE, run_id(0)) == ()


def test_digests_stand_for_what_they_are_made_of() -> None:
    assert distributions_digest() == distributions_digest()
    plain = {"A": 1, "B": [True, None], "HANDLERS": {int: print}, "SET": {"b", "a"}, "WHEN": datetime}
    assert settings_digest(plain) == settings_digest(dict(reversed(plain.items())))
    assert settings_digest(plain) != settings_digest({**plain, "A": 2})
    for secret in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "HTTPPROXY_AUTH", "MAIL_PASS"):
        assert settings_digest({**plain, secret: "x"}) == settings_digest(plain)
    assert settings_digest({"X": object()}) == settings_digest({"X": object()})


def test_settings_are_told_without_what_is_secret() -> None:
    middleware = "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware"
    written = settings_json(
        {
            "FEEDS": {"s3://AKIA:hidden@bucket/a.jsonl": {"format": "jsonl", "access_key": "hidden"}},
            "PROXIES": ["http://user:hidden@proxy.example:3128/a@b", "http://plain.example/@x"],
            "DOWNLOADER_MIDDLEWARES": {middleware: None},
            "MAIL_PASS": "hidden",
            "OPERATOR": "archive@example.org",
        }
    )
    assert b"hidden" not in written
    assert json.loads(written) == {
        "FEEDS": {"s3://bucket/a.jsonl": {"format": "jsonl"}},
        "PROXIES": ["http://proxy.example:3128/a@b", "http://plain.example/@x"],
        "DOWNLOADER_MIDDLEWARES": {middleware: None},
        "OPERATOR": "archive@example.org",
    }
    assert settings_digest(json.loads(written)) == hashlib.sha256(written).hexdigest()
