"""Bundles of evidence through the door: made of a folder and of S3, checked with no software of ours."""

import gzip
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from tests.crawl.running import scrapy
from tests.evidence.checking import check, unpacked, wrong
from tests.evidence.conftest import OPERATOR, Proven
from tests.servers.swift import Swift
from tests.wacz.conftest import Archived, environment
from tests.wacz.readers import assert_valid

STEPS = ["recorded", "sealed", "checked", "bundled"]


def test_a_bundle_checks_out_on_a_machine_without_our_software(
    proven: Proven, signed_bundle: Path, tmp_path: Path
) -> None:
    code, verdicts = check(signed_bundle, tmp_path, *proven.trusted())
    assert (code, wrong(verdicts)) == (0, [])
    for subject in (
        "files",
        "bundle",
        "signature",
        "timestamp",
        "chain",
        "promise",
        "index",
        "page",
        "article",
    ):
        assert any(line.startswith(f"OK        {subject} ") for line in verdicts), subject
    assert [line for line in verdicts if line.startswith("UNPROVEN  signature")] == []


def test_other_shells_give_the_same_verdicts(signed_bundle: Path, tmp_path: Path) -> None:
    expected = check(signed_bundle, tmp_path)
    shells = [program for program in map(shutil.which, ("dash", "bash", "ksh", "zsh")) if program]
    assert shells
    for shell in shells:
        assert check(signed_bundle, tmp_path, shell=shell) == expected


def test_without_key_and_root_the_bundle_says_what_to_compare(signed_bundle: Path, tmp_path: Path) -> None:
    code, verdicts = check(signed_bundle, tmp_path)
    assert code == 0
    for subject in ("signature", "timestamp", "warc", "origin"):
        assert any(line.startswith(f"UNPROVEN  {subject} ") for line in verdicts), subject


def test_the_wacz_in_it_is_one_and_holds_the_page(proven: Proven, signed_bundle: Path) -> None:
    assert_valid(signed_bundle / "page.wacz")
    with zipfile.ZipFile(signed_bundle / "page.wacz") as wacz:
        pages = [json.loads(line) for line in wacz.read("pages/pages.jsonl").splitlines()][1:]
    assert proven.row["url"] in [page["url"] for page in pages]
    assert (signed_bundle / "article.txt").read_text() == proven.row["text"]
    steps = [step["step"] for step in json.loads((signed_bundle / "custody.json").read_text())]
    assert [step for step in steps if step not in {"stamped", "pictured"}] == STEPS
    assert steps.index("sealed") < steps.index("stamped") < steps.index("checked")


def test_what_it_reveals_is_printed_first(proven: Proven, tmp_path: Path) -> None:
    result = scrapy("evidence", proven.row["url"], str(proven.archive), "--dry-run")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("The file reveals about its maker:\n")
    assert f"the name of the operator: {OPERATOR}" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_complete_files_cover_the_heads_of_the_records(proven: Proven, tmp_path: Path) -> None:
    proven.evidence(tmp_path / "page.zip", *proven.trusted(), "--whole-files")
    bundle = unpacked(tmp_path / "page.zip", tmp_path / "bundle")
    code, verdicts = check(bundle, tmp_path, *proven.trusted())
    assert (code, wrong(verdicts)) == (0, [])
    assert any(line.startswith("OK        warc ") for line in verdicts)


def test_a_redacted_bundle_names_nothing_of_its_maker(proven: Proven, tmp_path: Path) -> None:
    said = proven.evidence(tmp_path / "page.zip", "--redact-operator", *proven.trusted())
    assert said.startswith("Left out: operator")
    bundle = unpacked(tmp_path / "page.zip", tmp_path / "bundle")
    unpacked(bundle / "page.wacz", tmp_path / "wacz")
    [key_id] = {json.loads(p.read_bytes())["key_id"] for p in proven.archive.glob("runs/*/manifest.json")}
    [host] = {json.loads(p.read_bytes())["host"] for p in proven.archive.glob("runs/*/manifest.json")}
    for path in [*bundle.rglob("*"), *(tmp_path / "wacz").rglob("*")]:
        data = plain(path) if path.is_file() else b""
        for secret in (
            OPERATOR,
            key_id,
            f"hostname: {host}",
            f'"{host}"',
            "User-Agent",
            "WARC-Type: request",
        ):
            assert secret.encode() not in data, (path, secret)
    assert_valid(bundle / "page.wacz")
    code, verdicts = check(bundle, tmp_path)
    assert (code, wrong(verdicts)) == (0, [])
    assert any(line.startswith("UNPROVEN  redaction ") for line in verdicts)
    report = (bundle / "report.html").read_text()
    assert "Checks that are lost because the operator was left out" in report
    assert "عمليات تحقق لم تعد ممكنة بعد حذف هوية المشغّل" in report


def plain(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def test_a_bundle_out_of_s3(proven: Proven, swift: Swift, bucket: str, tmp_path: Path) -> None:
    address = f"s3://{bucket}/archive"
    Archived(proven.archive).copy_to(address, swift)
    proven.evidence(tmp_path / "page.zip", *proven.trusted(), archive=address, env=environment(swift))
    bundle = unpacked(tmp_path / "page.zip", tmp_path / "bundle")
    code, verdicts = check(bundle, tmp_path, *proven.trusted())
    assert (code, wrong(verdicts)) == (0, [])


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ([], 2, "Name one page"),
        (["no address"], 2, "is neither an address"),
        (["https://elsewhere.example/"], 1, "does not hold https://elsewhere.example/"),
        (["0" * 32], 1, "does not hold"),
    ],
)
def test_what_cannot_be_bundled_is_one_sentence(
    proven: Proven, words: list[str], code: int, sentence: str, tmp_path: Path
) -> None:
    output = [] if not words else [str(proven.archive), "--output", str(tmp_path / "page.zip")]
    result = scrapy("evidence", *words, *output)
    assert result.returncode == code
    assert sentence in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_archive_gives_no_bundle(proven: Proven, tmp_path: Path) -> None:
    archive = Path(shutil.copytree(proven.archive, tmp_path / "archive"))
    warc = archive / proven.row["warc_file"]
    warc.write_bytes(warc.read_bytes() + b"\n")
    result = scrapy("evidence", proven.row["id"], str(archive), "--output", str(tmp_path / "page.zip"))
    assert result.returncode == 1
    assert "is not the file that the manifest" in result.stderr
    assert not (tmp_path / "page.zip").exists()
