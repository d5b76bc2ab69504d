"""The main job into a real S3 server, over HTTP and once over TLS, and what happens when S3 will not."""

import io
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastwarc.warc import ArchiveIterator

from crawler.demo.outlets import OUTLETS
from crawler.demo.server import serve
from tests.crawl.running import MAX_SECONDS, PROJECT, UNHURRIED, crawl, news_command
from tests.servers.faulty_s3 import Always, Fault, faulty_s3
from tests.servers.paper import Watched, open_paper, path_of, story
from tests.servers.s3 import environment, objects
from tests.servers.swift import Swift

OUTLET = OUTLETS["wadi"]


@dataclass
class Outcome:
    result: "CompletedProcess[str]"
    asked: int  # requests that the newspaper got
    left: list[str] = field(default_factory=list)  # keys in the spool


def crawl_into(address: str, env: dict[str, str], spool: Path, **settings: str) -> Outcome:
    with serve([OUTLET]) as stand:
        result = crawl(
            "news",
            address,
            arguments={"url": OUTLET.home, "limit": "4"},
            connect_to=stand.connect_to(),
            settings={"SPOOL": str(spool), "SUMMARY_TABLE": "True", **settings},
            env=env,
        )
        asked = len(stand.requests)
    files = [path for path in spool.rglob("*") if path.is_file() and path != spool / ".lock"]
    left = [path.relative_to(spool).as_posix() for path in files if path.parent != spool / "ledger"]
    return Outcome(result, asked, left)


@pytest.fixture(params=["http", "tls"])
def server_and_env(request: pytest.FixtureRequest) -> Iterator[tuple[Swift, dict[str, str]]]:
    if request.param == "http":
        server: Swift = request.getfixturevalue("swift")
        yield server, environment(server)
    else:
        tls, ca_bundle = request.getfixturevalue("swift_tls")
        yield tls, environment(tls, AWS_CA_BUNDLE=str(ca_bundle))


def test_a_crawl_into_s3_and_back(
    server_and_env: tuple[Swift, dict[str, str]], swift: Swift, bucket: str, tmp_path: Path
) -> None:
    _, env = server_and_env
    outcome = crawl_into(f"s3://{bucket}/papers", env, tmp_path)
    assert outcome.result.returncode == 0, outcome.result.stderr[-3000:]
    assert outcome.left == []
    kept = objects(swift, bucket)
    assert all(key.startswith("papers/") for key in kept)

    tables = [content for key, content in kept.items() if key.endswith(".parquet")]
    rows = [row for table in tables for row in pq.read_table(pa.BufferReader(table)).to_pylist()]
    assert len(rows) == 4
    for row in rows:
        warc = kept[f"papers/{row['warc_file']}"]
        member = warc[row["warc_offset"] : row["warc_offset"] + row["warc_length"]]
        [record] = list(ArchiveIterator(io.BytesIO(member)))
        assert record.headers["WARC-Record-ID"] == row["warc_record_id"]

    [stats] = [json.loads(content) for key, content in kept.items() if key.endswith("stats.json")]
    assert {f"papers/{file['key']}" for file in stats["files"]} <= set(kept)
    secret = env["AWS_SECRET_ACCESS_KEY"].encode()
    assert not any(secret in content for content in kept.values())
    assert secret.decode() not in outcome.result.stderr + outcome.result.stdout


def test_keys_given_as_settings_reach_no_log(swift: Swift, bucket: str, tmp_path: Path) -> None:
    secret = swift.secret_key
    env = {"AWS_ENDPOINT_URL": swift.endpoint_url, "AWS_DEFAULT_REGION": swift.region}
    outcome = crawl_into(
        f"s3://{bucket}",
        env,
        tmp_path,
        AWS_ACCESS_KEY_ID=swift.access_key,
        AWS_SECRET_ACCESS_KEY=secret,
        LOG_LEVEL="DEBUG",
    )
    assert outcome.result.returncode == 0, outcome.result.stderr[-3000:]
    printed = outcome.result.stderr + outcome.result.stdout
    assert f"'{secret}'" not in printed
    assert "AWS_SECRET_ACCESS_KEY" not in printed
    for key, content in objects(swift, bucket).items():
        assert f"'{secret}'".encode() not in content, key


@pytest.mark.parametrize(
    ("address", "changed", "words"),
    [
        ("s3://{bucket}", {"AWS_SECRET_ACCESS_KEY": "wrong"}, "AWS_SECRET_ACCESS_KEY"),
        ("s3://{bucket}", {"AWS_ACCESS_KEY_ID": "absent:here"}, "AWS_ACCESS_KEY_ID"),
        ("s3://no-such-bucket-here", {}, "no-such-bucket-here"),
        ("s3://{bucket}", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "AWS_ENDPOINT_URL"),
    ],
)
def test_an_archive_out_of_reach_ends_the_run_before_the_first_request(
    swift: Swift, bucket: str, tmp_path: Path, address: str, changed: dict[str, str], words: str
) -> None:
    outcome = crawl_into(address.format(bucket=bucket), environment(swift, **changed), tmp_path)
    assert outcome.result.returncode == 1
    assert outcome.asked == 0
    [sentence] = [line for line in outcome.result.stderr.splitlines() if line.startswith("scrapy crawl: ")]
    assert words in sentence
    assert "Traceback" not in outcome.result.stderr


def test_what_s3_refuses_stays_in_the_spool_and_is_named(swift: Swift, bucket: str, tmp_path: Path) -> None:
    with faulty_s3(swift.endpoint_url, Always(Fault.UNAVAILABLE, "/warc/")) as proxy:
        env = environment(swift, AWS_ENDPOINT_URL=proxy.endpoint)
        outcome = crawl_into(f"s3://{bucket}", env, tmp_path, DELIVERY_ATTEMPTS="1")
    assert outcome.result.returncode == 1
    warcs = [name for name in outcome.left if name.endswith(".warc.gz")]
    assert len(warcs) == 1
    key = warcs[0].partition("/")[2]
    assert f"Still in the spool: {key}" in " ".join(outcome.result.stderr.split())
    assert key not in objects(swift, bucket)
    assert (tmp_path / warcs[0]).stat().st_size > 0


def test_a_killed_run_holds_up_other_machines_and_not_its_own(
    swift: Swift, bucket: str, tmp_path: Path
) -> None:
    archive, env = f"s3://{bucket}/papers", environment(swift)
    started: list[subprocess.Popen[bytes]] = []
    table = Watched(path_of(8), lambda: os.killpg(started[0].pid, signal.SIGKILL))
    with open_paper(table) as paper:
        settings = {**UNHURRIED, "ARCHIVE": archive, "SPOOL": str(tmp_path / "here")}
        command = [*news_command(paper.home, settings), "--nolog"]
        started.append(
            subprocess.Popen(
                command,
                cwd=PROJECT,
                env={**os.environ, **env},
                start_new_session=True,
                stderr=subprocess.DEVNULL,
            )
        )
        assert started[0].wait(timeout=MAX_SECONDS) == -signal.SIGKILL
        dict.update(table, {path_of(8): story(8)})
        table._path = ""
        spools = {"elsewhere": 1, "here": 0}
        for spool, code in spools.items():
            result = crawl(
                "news",
                archive,
                arguments={"url": paper.home},
                settings={"SPOOL": str(tmp_path / spool)},
                env=env,
            )
            assert result.returncode == code, result.stderr[-3000:]
            assert ("is held by the run" in result.stderr) is (spool == "elsewhere")
