"""Locks on what is kept: asked for, read back, and a failure where a store keeps none."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from crawler.errors import ArchiveError, UsageError
from crawler.storage import ObjectLock, S3Credentials, Storage, UnavailableError, open_storage
from crawler.storage.outbox import Outbox
from crawler.storage.retention import LockMode, Locks, Retention, is_evidence
from tests.crawl.running import scrapy
from tests.servers.localstack import LocalStack
from tests.servers.swift import Swift
from tests.storage.conftest import Sample, credentials
from tests.storage.lying_server import lying_server

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

WARC, CDXJ = "warc/sana/2026/11/x.warc.gz", "cdxj/sana/2026/11/x.cdxj"
ARTICLES, MANIFEST = "articles/site=sana/month=2026-11/x.parquet", "runs/1/manifest.json"
EVIDENCE, REPLACEABLE = (WARC, CDXJ, ARTICLES, MANIFEST), ("ledger/sana.sqlite", "cdxj/sana.cdxj")
LOCK = ObjectLock(LockMode.GOVERNANCE, 30)


@pytest.fixture
def locking(localstack: LocalStack, locking_bucket: str) -> Storage:
    return open_storage(f"s3://{locking_bucket}/press", credentials=credentials(localstack), lock=LOCK)


@pytest.mark.parametrize("mode", list(LockMode))
def test_evidence_is_locked(
    localstack: LocalStack, locking_bucket: str, localstack_client: "S3Client", sample: Sample, mode: LockMode
) -> None:
    address, lock = f"s3://{locking_bucket}/press", ObjectLock(mode, 30)
    storage = open_storage(address, credentials=credentials(localstack), lock=lock)
    before = datetime.now(UTC)
    storage.check()
    for key in EVIDENCE:
        stored = storage.put(key, *sample(key.encode()))
        locks = storage.locks(key, stored.version_id)
        assert locks.held is not None
        assert locks.held == locks.asked
        assert locks.held.mode is mode
        assert timedelta(days=30) <= locks.held.until - before < timedelta(days=30, minutes=5)
        with pytest.raises(ClientError, match="object lock"):
            localstack_client.delete_object(
                Bucket=locking_bucket, Key=f"press/{key}", VersionId=str(stored.version_id)
            )


def test_what_is_replaced_is_not_locked(locking: Storage, sample: Sample) -> None:
    for key in REPLACEABLE:
        locking.put(key, *sample(b"monday"), replace=True)
        assert locking.locks(key) == Locks(None, None)
        locking.put(key, *sample(b"tuesday"), replace=True)
    assert [is_evidence(key) for key in EVIDENCE] == [True] * 4
    assert [is_evidence(key) for key in REPLACEABLE] == [False] * 2


def test_a_check_leaves_nothing_behind(
    locking: Storage, locking_bucket: str, localstack_client: "S3Client"
) -> None:
    locking.check()

    left = localstack_client.list_object_versions(Bucket=locking_bucket)
    assert left.get("Versions", []) + left.get("DeleteMarkers", []) == []


def test_a_check_tells_a_bucket_that_cannot_lock(
    localstack: LocalStack, unlocking_bucket: str, swift: Swift, bucket: str
) -> None:
    for server, name in ((localstack, unlocking_bucket), (swift, bucket)):
        storage = open_storage(f"s3://{name}", credentials=credentials(server), lock=LOCK)
        with pytest.raises(
            ArchiveError, match=r"cannot lock files \(OBJECT_LOCK_MODE=GOVERNANCE\); name a bu"
        ):
            storage.check()


def test_a_store_that_ignores_locks_keeps_the_spool_full(
    localstack: LocalStack, unlocking_bucket: str, swift: Swift, bucket: str, tmp_path: Path
) -> None:
    for server, name in ((localstack, unlocking_bucket), (swift, bucket)):
        spool = tmp_path / name
        (spool / WARC).parent.mkdir(parents=True)
        (spool / WARC).write_bytes(b"WARC/1.1")
        storage = open_storage(f"s3://{name}", credentials=credentials(server), lock=LOCK)

        for _ in range(2):  # the second time, the object is there
            delivery = Outbox(spool, storage).deliver_all()
            assert re.search("lock it|keeps no versions", delivery.failed[WARC])
            assert "OBJECT_LOCK_MODE=none" in delivery.failed[WARC]
            assert (spool / WARC).exists()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("refuses-locks", r"refuses to lock it \(400 InvalidRequest\); name a bucket"),
        ("ignores-locks", "took it and did not lock it; name a bucket"),
        ("locks-for-a-minute", "locked it as GOVERNANCE .* and not as GOVERNANCE .*; name a bucket"),
    ],
)
def test_locks_that_are_none(sample: Sample, fault: str, said: str) -> None:
    given = S3Credentials(access_key="key", secret_key="secret", region="x")
    with lying_server(fault) as server:
        given = S3Credentials(access_key="k", secret_key="s", endpoint_url=server.endpoint_url, region="x")
        storage = open_storage("s3://archive", credentials=given, lock=LOCK)
        with pytest.raises(ArchiveError, match=said) as caught:
            storage.put(WARC, *sample(b"WARC/1.1"))
    assert not isinstance(caught.value, UnavailableError), "trying again does not help"
    assert "\n" not in str(caught.value)


def test_an_upload_whose_answer_was_lost_is_good(locking: Storage, sample: Sample) -> None:
    first = locking.put(WARC, *sample(b"WARC/1.1"))
    asked = locking.locks(WARC).asked

    assert locking.put(WARC, *sample(b"WARC/1.1")) == first
    assert locking.locks(WARC) == Locks(asked, asked), "the lock of the first upload stays"


def test_what_was_there_without_a_lock_gets_one(
    localstack: LocalStack, locking_bucket: str, locking: Storage, sample: Sample
) -> None:
    plain = open_storage(f"s3://{locking_bucket}/press", credentials=credentials(localstack))
    plain.put(WARC, *sample(b"WARC/1.1"))
    assert locking.locks(WARC) == Locks(None, None)

    locking.put(WARC, *sample(b"WARC/1.1"))

    held = locking.locks(WARC).held
    assert held is not None
    assert held.until - datetime.now(UTC) > timedelta(days=29)


def test_a_folder_locks_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs an archive on S3"):
        open_storage(str(tmp_path), lock=LOCK)
    result = scrapy(
        "crawl",
        "news",
        "-a",
        "url=http://127.0.0.1:9/",
        settings={"ARCHIVE": str(tmp_path / "archive"), "OBJECT_LOCK_MODE": "compliance"},
    )
    assert result.returncode == 2
    assert "OBJECT_LOCK_MODE=COMPLIANCE needs an archive on S3" in result.stderr
    assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize("none", [None, "", "none", "None"])
def test_no_lock_is_asked_for(none: str | None) -> None:
    assert ObjectLock.from_settings({"OBJECT_LOCK_MODE": none, "OBJECT_LOCK_DAYS": "x"}) is None


@pytest.mark.parametrize(
    ("mode", "days", "said"),
    [
        ("LEGAL", 3, "must be none, GOVERNANCE or COMPLIANCE"),
        ("GOVERNANCE", "soon", "a whole number"),
        ("GOVERNANCE", None, "a whole number"),
        ("GOVERNANCE", 0, "between 1 and"),
        ("COMPLIANCE", 10**9, "between 1 and"),
    ],
)
def test_settings_without_meaning(mode: str, days: object, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        ObjectLock.from_settings({"OBJECT_LOCK_MODE": mode, "OBJECT_LOCK_DAYS": days})


def test_which_lock_is_enough() -> None:
    now = datetime(2026, 11, 21, 22, 55, 0, 1, UTC)
    governance, compliance = (ObjectLock(mode, 1).retention(now) for mode in LockMode)
    assert governance.until == datetime(2026, 11, 22, 22, 55, 1, tzinfo=UTC), "rounded up"
    later = Retention(LockMode.GOVERNANCE, governance.until + timedelta(seconds=1))
    assert compliance.covers(governance)
    assert later.covers(governance)
    assert not governance.covers(compliance)
    assert not governance.covers(later)
    assert Retention.parse(str(compliance)) == compliance
    for text in ("", "GOVERNANCE", "LEGAL 2026-11-22T22:55:01Z", "GOVERNANCE tomorrow"):
        with pytest.raises(ArchiveError, match="describes no lock"):
            Retention.parse(text)


def test_a_locked_file_is_not_removed(locking: Storage, sample: Sample) -> None:
    key = "articles/site=sana/month=2026-01/WARRAQ-sana-20260101000000-00000a-00001.parquet"
    locking.put(key, *sample(b"a table"))
    with pytest.raises(ArchiveError, match=r"cannot remove .* it is locked"):
        locking.remove(key)
    assert [entry.key for entry in locking.list("articles/")] == [key]
