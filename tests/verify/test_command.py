"""scrapy verify and scrapy keygen as a user runs them; verify also on what a real crawl left."""

import hashlib
import json
import stat
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crawler.archive.signing import PASSPHRASE, Signer
from crawler.demo.outlets import OUTLETS
from crawler.demo.server import serve
from tests.crawl.running import crawl, scrapy
from tests.servers.swift import Swift
from tests.verify.building import Archive


def verified(*arguments: str, env: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    result = scrapy("verify", *arguments, "--json", env=env)
    assert result.stderr == ""
    return result.returncode, json.loads(result.stdout)


def test_right_and_wrong(archive: Archive) -> None:
    code, report = verified(str(archive.root))
    assert (code, report["ok"], report["faults"]) == (0, True, [])
    assert report["checked"]["records"] == 28
    run = archive.runs[0]
    archive.rewrite(run.warc, lambda data: data[:-1])
    code, report = verified(str(archive.root))
    assert (code, report["ok"]) == (1, False)
    torn = next(fault for fault in report["faults"] if fault["code"] == "torn-file")
    assert torn["file"] == run.warc
    assert isinstance(torn["offset"], int)
    assert "tail was cut off" in torn["meaning"]


def test_for_a_person(archive: Archive) -> None:
    right = scrapy("verify", settings={"ARCHIVE": str(archive.root)})
    assert (right.returncode, right.stderr) == (0, "")
    assert "Every byte that the manifests promise is there and right." in right.stdout
    assert "2 manifests are not signed" in right.stdout
    newest = archive.path(f"runs/{archive.runs[1].run_id}/manifest.json").read_bytes()
    assert hashlib.sha256(newest).hexdigest() in right.stdout
    archive.path(archive.runs[0].cdxj).unlink()
    wrong = scrapy("verify", str(archive.root), "--site", "warraq_example")
    assert wrong.returncode == 1
    assert f"! {archive.runs[0].cdxj}: The manifest promises this file; it is not there." in wrong.stdout
    assert wrong.stdout.endswith("1 faults: missing-file 1.\n")


def test_keys(signed: Archive, signer: Signer, tmp_path: Path) -> None:
    public = tmp_path / "public.pem"
    public.write_bytes(signer.public.to_pem())
    code, report = verified(str(signed.root), "--key", str(public), "--shallow")
    assert (code, report["checked"]["signatures"]) == (0, 3)
    made = scrapy("keygen", str(tmp_path / "keys"), env={PASSPHRASE: "x"})
    assert made.returncode == 0, made.stderr
    private, other = sorted((tmp_path / "keys").iterdir())
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    code, report = verified(str(signed.root), "--key", str(other))
    assert (code, {fault["code"] for fault in report["faults"]}) == (1, {"unknown-key"})


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["verify", "{}/none"], 1, "there is no such folder"),
        (["verify", "{}"], 1, "nothing to check"),
        (["verify", "gopher://x"], 2, "cannot be kept at"),
        (["verify", "{}", "--run", "../x"], 2, "--run takes the name of one run"),
        (["verify", "{}", "--key", "{}/none"], 2, "cannot be read"),
        (["verify", "{}", "--tsa-root", "{}/none"], 2, "cannot be read"),
        (["verify", "{}", "--shallow", "--reread"], 2, "--shallow opens no record"),
        (["keygen", "{}/keys"], 2, PASSPHRASE),
    ],
)
def test_mistakes_are_told_in_one_sentence(
    tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    result = scrapy(*(argument.format(tmp_path) for argument in arguments))
    assert (result.returncode, result.stdout) == (code, "")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a crawl of a newspaper left."""
    root, outlet = tmp_path_factory.mktemp("crawled") / "archive", OUTLETS["wadi"]
    with serve([outlet]) as stand:
        arguments = {"url": f"http://{outlet.host}/"}
        result = crawl("news", root, arguments=arguments, connect_to=stand.connect_to())
    assert result.returncode == 0, result.stderr[-3000:]
    return root


def test_a_real_crawl_is_right_to_the_last_article(paper: Path) -> None:
    code, report = verified(str(paper), "--reread")
    assert (code, report["faults"]) == (0, [])
    checked = report["checked"]
    assert checked["articles"] == len(OUTLETS["wadi"].stories)
    assert checked["reread"] + checked["read_by_other_rules"] == checked["articles"]
    of_run = 2  # its settings and its log
    assert checked["index_lines"] == checked["responses"] + of_run > checked["articles"]


def test_a_forged_article_whose_digests_were_forged_as_well(paper: Path) -> None:
    """Only the record itself still shows what was in it."""
    path = next(paper.glob("articles/**/*.parquet"))
    table = pq.read_table(path, partitioning=None)
    first, *others = table.to_pylist()
    text = "خبر لم ينشره أحد."
    digest = hashlib.sha256(text.encode()).hexdigest()
    name = hashlib.sha256(f"{first['canonical_url']}\n{digest}".encode()).hexdigest()[:32]
    forged = {**first, "text": text, "text_sha256": digest, "id": name}
    before = path.read_bytes()
    try:
        pq.write_table(pa.Table.from_pylist([forged, *others], schema=table.schema), path)
        code, report = verified(str(paper), "--reread")
    finally:
        path.write_bytes(before)
    assert code == 1
    assert {fault["code"] for fault in report["faults"]} - {"wrong-size", "wrong-digest"} == {"other-text"}


def test_an_archive_on_s3(archive: Archive, swift: Swift, bucket: str) -> None:
    import boto3  # noqa: PLC0415

    s3 = boto3.session.Session().client(
        "s3",
        endpoint_url=swift.endpoint_url,
        aws_access_key_id=swift.access_key,
        aws_secret_access_key=swift.secret_key,
        region_name=swift.region,
    )
    for path in archive.root.rglob("*"):
        if path.is_file():
            s3.upload_file(str(path), bucket, f"papers/{path.relative_to(archive.root)}")
    env = {
        "AWS_ACCESS_KEY_ID": swift.access_key,
        "AWS_SECRET_ACCESS_KEY": swift.secret_key,
        "AWS_ENDPOINT_URL": swift.endpoint_url,
        "AWS_REGION_NAME": swift.region,
        "AWS_DEFAULT_REGION": swift.region,
    }
    code, report = verified(f"s3://{bucket}/papers", env=env)
    assert (code, report["faults"], report["checked"]["articles"]) == (0, [], 8)
    s3.delete_object(Bucket=bucket, Key=f"papers/{archive.runs[0].warc}")
    code, report = verified(f"s3://{bucket}/papers", env=env)
    assert code == 1
    assert "missing-file" in {fault["code"] for fault in report["faults"]}
