"""scrapy verify on S3: with several processes, through TLS, and what it says of locks."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler.demo.outlets import OUTLETS
from crawler.demo.server import serve
from crawler.errors import ArchiveError
from crawler.storage import ObjectLock, S3Credentials, Storage, open_storage
from crawler.storage.base import Entry, digest_file
from crawler.storage.retention import LockMode, Locks, is_evidence
from crawler.verify import Options, verify
from crawler.verify.faults import Code
from crawler.verify.inventory import Scope, take_inventory
from crawler.verify.retention import check_retention
from tests.crawl.running import crawl, scrapy
from tests.servers.localstack import LocalStack
from tests.servers.swift import Swift
from tests.storage.conftest import credentials
from tests.verify.building import Archive, build

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

OUTLET = OUTLETS["wadi"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder = tmp_path_factory.mktemp("built")
    return build(folder / "archive", folder / "spool", pages=3)


def copy(archive: Archive, to: Storage) -> None:
    """Every file of a folder's archive, runs last."""
    entries = sorted(open_storage(str(archive.root)).list(), key=lambda entry: entry.key.startswith("runs/"))
    for entry in entries:
        path = archive.path(entry.key)
        to.put(entry.key, path, digest_file(path)[1])


@pytest.mark.parametrize("kind", ["swift", "swift_tls"])
def test_several_processes_get_the_keys(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    swift_client: "S3Client",
    bucket: str,
    built: Archive,
    kind: str,
) -> None:
    server: Swift = request.getfixturevalue("swift")
    if kind == "swift_tls":
        server, ca_bundle = request.getfixturevalue("swift_tls")
        monkeypatch.setenv("AWS_CA_BUNDLE", str(ca_bundle))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("crawler.verify.work._SMALL", 0)  # so little is checked in one process else
    address, keys = f"s3://{bucket}/press", credentials(server)
    copy(built, open_storage(address, credentials=keys))

    report = verify(address, Options(processes=2), credentials=keys)
    assert report.faults == []
    assert report.checked["responses"] == 6

    warc = built.runs[0].warc
    data = bytearray(built.path(warc).read_bytes())
    data[-20] ^= 1
    swift_client.put_object(Bucket=bucket, Key=f"press/{warc}", Body=bytes(data))
    damaged = verify(address, Options(processes=2), credentials=keys)
    assert Code.DIGEST in {fault.code for fault in damaged.faults}
    assert {fault.file for fault in damaged.faults} >= {warc}


@dataclass
class Locked:
    """A real crawl's archive in a bucket that locks."""

    bucket: str
    client: "S3Client"
    env: dict[str, str]

    def verified(self) -> tuple[int, dict[str, Any]]:
        result = scrapy("verify", f"s3://{self.bucket}/papers", "--json", env=self.env)
        assert result.stderr == ""
        return result.returncode, json.loads(result.stdout)

    def objects(self) -> list[str]:
        return [item["Key"] for item in self.client.list_objects_v2(Bucket=self.bucket)["Contents"]]

    def one(self, ending: str) -> str:
        return next(key for key in self.objects() if key.endswith(ending))


@pytest.fixture
def locked(
    localstack: LocalStack, localstack_client: "S3Client", locking_bucket: str, tmp_path: Path
) -> Locked:
    env = {
        "AWS_ACCESS_KEY_ID": localstack.access_key,
        "AWS_SECRET_ACCESS_KEY": localstack.secret_key,
        "AWS_ENDPOINT_URL": localstack.endpoint_url,
        "AWS_REGION_NAME": localstack.region,
        "AWS_DEFAULT_REGION": localstack.region,
    }
    with serve([OUTLET]) as stand:
        result = crawl(
            "news",
            f"s3://{locking_bucket}/papers",
            arguments={"url": OUTLET.home, "limit": "3"},
            connect_to=stand.connect_to(),
            settings={
                "SPOOL": str(tmp_path / "spool"),
                "OBJECT_LOCK_MODE": "GOVERNANCE",
                "OBJECT_LOCK_DAYS": "2",
            },
            env=env,
        )
    assert result.returncode == 0, result.stderr[-3000:]
    return Locked(locking_bucket, localstack_client, env)


def test_a_crawl_under_lock(locked: Locked) -> None:
    evidence = [key for key in locked.objects() if is_evidence(key.removeprefix("papers/"))]
    renewed = {key.removeprefix("papers/") for key in locked.objects()} - {
        key.removeprefix("papers/") for key in evidence
    }
    assert {key.split("/")[0] for key in renewed} == {
        "ledger",
        "cdxj",
        "health",
    }  # and nothing else stays open
    assert {key.split("/")[1] for key in evidence} == {"warc", "cdxj", "articles", "runs"}
    for key in evidence:
        stated = locked.client.get_object_retention(Bucket=locked.bucket, Key=key)["Retention"]
        assert stated["Mode"] == "GOVERNANCE"
        left = stated["RetainUntilDate"] - datetime.now(UTC)
        assert timedelta(days=1, hours=23) < left <= timedelta(days=2, seconds=1)

    code, report = locked.verified()
    assert (code, report["faults"]) == (0, [])
    assert report["checked"]["locks_asked"] == report["checked"]["locks_held"] == len(evidence)
    assert f"{len(evidence)} files are locked as was asked, 0 locks have run their time." in report["remarks"]


def test_locks_that_were_lifted_are_told(locked: Locked) -> None:
    warc, log, stats = locked.one(".warc.gz"), locked.one("log.txt"), locked.one("stats.json")
    soon = datetime.now(UTC) + timedelta(hours=1)
    locked.client.put_object_retention(
        Bucket=locked.bucket,
        Key=warc,
        Retention={"Mode": "GOVERNANCE", "RetainUntilDate": soon},
        BypassGovernanceRetention=True,
    )
    locked.client.put_object_retention(
        Bucket=locked.bucket, Key=log, Retention={}, BypassGovernanceRetention=True
    )
    promise = locked.one("manifest-sha256.txt")
    same = locked.client.get_object(Bucket=locked.bucket, Key=promise)["Body"].read()
    locked.client.put_object(Bucket=locked.bucket, Key=promise, Body=same)  # a new version, without a lock
    locked.client.put_object(Bucket=locked.bucket, Key=stats, Body=b"{}")  # the promised version stays

    code, report = locked.verified()

    stated = {(fault["code"], fault["file"]) for fault in report["faults"]}
    assert code == 1
    assert stated >= {
        ("lock-shortened", warc.removeprefix("papers/")),
        ("lock-missing", log.removeprefix("papers/")),
        ("lock-missing", promise.removeprefix("papers/")),
    }
    assert ("lock-missing", stats.removeprefix("papers/")) not in stated
    meanings = {fault["code"]: fault["meaning"] for fault in report["faults"]}
    assert "Its upload asked for the lock GOVERNANCE 20" in meanings["lock-shortened"]


class StatedLocks:
    """A folder whose locks are the ones that a test states."""

    address = "s3://stated"

    def __init__(self, inner: Storage, locks: dict[str, Locks | ArchiveError]) -> None:
        self._inner = inner
        self._locks = locks

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def list(self, prefix: str = "") -> Iterator[Entry]:
        return self._inner.list(prefix)

    def locks(self, key: str, version_id: str | None = None) -> Locks:
        stated = self._locks.get(key, Locks(None, None))
        if isinstance(stated, ArchiveError):
            raise stated
        return stated


def test_time_that_is_over_and_answers_that_do_not_come(built: Archive) -> None:
    lock = ObjectLock(LockMode.COMPLIANCE, 1).retention(datetime(2026, 11, 21, tzinfo=UTC))
    first, second = built.runs
    keys = [entry.key for entry in open_storage(str(built.root)).list()]
    of_first = [key for key in keys if first.run_id[-6:] in key]
    locks: dict[str, Locks | ArchiveError] = {key: Locks(lock, None) for key in of_first}
    locks[second.warc] = ArchiveError("The server refuses access.")
    storage: Any = StatedLocks(open_storage(str(built.root)), locks)
    inventory = take_inventory(storage, Scope())

    after = check_retention(storage, inventory, lock.until)
    assert after.counts == {"locks_asked": len(of_first), "locks_held": 0, "locks_expired": len(of_first)}
    assert [(fault.code, fault.file) for fault in after.faults] == [(Code.LOCK_MISSING, second.warc)]
    assert "cannot be read: The server refuses access." in after.faults[0].meaning

    before = check_retention(storage, inventory, lock.until - timedelta(seconds=1))
    assert {fault.file for fault in before.faults} == {*of_first, second.warc}

    folder = check_retention(open_storage(str(built.root)), inventory)
    assert (folder.faults, folder.remarks) == ([], [])


def test_an_archive_that_was_never_locked_has_nothing_to_tell(
    swift: Swift, bucket: str, built: Archive
) -> None:
    given: S3Credentials = credentials(swift)
    copy(built, open_storage(f"s3://{bucket}", credentials=given))

    report = verify(f"s3://{bucket}", Options(shallow=True), credentials=given)

    assert report.ok
    assert report.checked["locks_asked"] == 0
    assert not any("lock" in remark for remark in report.remarks)
