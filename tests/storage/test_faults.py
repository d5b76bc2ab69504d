"""A real server behind a proxy that fails: nothing is lost, nothing leaves the spool too early."""

import hashlib
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.config import Config

from crawler.errors import ArchiveError
from crawler.storage import S3Credentials, Storage, UnavailableError, open_storage, s3_client
from crawler.storage.carrier import Carrier
from crawler.storage.outbox import Outbox, Patience
from tests.servers.faulty_s3 import Asked, Fault, Script, Seeded, faulty_s3, refused_endpoint
from tests.servers.swift import Swift
from tests.storage.conftest import Sample, credentials
from tests.storage.settling import settled

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

KEY = "warc/sana/2026/11/x.warc.gz"
CONTENT = b"".join(hashlib.sha256(number.to_bytes(4)).digest() for number in range(4_000))


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 would hide most faults by trying again itself, and pause by the clock."""
    impatient = Config(retries={"mode": "standard", "total_max_attempts": 1}, read_timeout=5)
    monkeypatch.setattr(s3_client, "_CONFIG", s3_client._CONFIG.merge(impatient))


def kept(client: "S3Client", bucket: str) -> dict[str, str]:
    """What the server itself holds: SHA-256 by key."""
    names = [item["Key"] for item in client.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {
        name: hashlib.sha256(client.get_object(Bucket=bucket, Key=name)["Body"].read()).hexdigest()
        for name in names
    }


def behind(endpoint: str, swift: Swift, bucket: str) -> Storage:
    return open_storage(f"s3://{bucket}", credentials=credentials(swift, endpoint_url=endpoint))


@pytest.mark.parametrize(
    ("fault", "method", "said"),
    [
        (Fault.HANG_UP, "PUT", r"no answer \("),
        (Fault.ERROR, "PUT", r"fails for now \(500 InternalError\)"),
        (Fault.UNAVAILABLE, "PUT", r"fails for now \(503 SlowDown\)"),
        (Fault.STALL, "PUT", r"no answer \("),
        (Fault.RESET, "PUT", r"no answer \("),
        (Fault.LOSE_ANSWER, "PUT", r"no answer \("),
        (Fault.DROP, "PUT", "the server took it and does not have it"),
        (Fault.DAMAGE, "PUT", "arrived damaged"),
        (Fault.HANG_UP, "GET", r"no answer \("),
        (Fault.UNAVAILABLE, "GET", r"fails for now \(503 SlowDown\)"),
        (Fault.RESET, "GET", r"no answer \("),
        (Fault.DAMAGE, "GET", "other bytes came back than were sent"),
        (Fault.ERROR, "HEAD", r"fails for now \(500 500\)"),
    ],
)
def test_one_fault(
    swift: Swift, bucket: str, swift_client: "S3Client", tmp_path: Path, fault: Fault, method: str, said: str
) -> None:
    spool, plan = tmp_path / "spool", Script([fault], method)
    (spool / KEY).parent.mkdir(parents=True)
    (spool / KEY).write_bytes(CONTENT)
    with faulty_s3(swift.endpoint_url, plan, stall_seconds=0.2) as proxy:
        outbox = Outbox(spool, behind(proxy.endpoint, swift, bucket), Patience(attempts=1))
        with pytest.raises(UnavailableError, match=said) as caught:
            outbox.deliver(KEY)
        assert plan.done
        assert "\n" not in str(caught.value)
        assert (spool / KEY).read_bytes() == CONTENT, "it is still in the spool"

        assert outbox.deliver(KEY).sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert not (spool / KEY).exists()
    assert kept(swift_client, bucket) == {KEY: hashlib.sha256(CONTENT).hexdigest()}


def test_damage_on_the_way_back_is_no_other_file(
    swift: Swift, bucket: str, swift_client: "S3Client", sample: Sample
) -> None:
    path, digest = sample(CONTENT)
    with faulty_s3(swift.endpoint_url, Script([], "GET")) as proxy:
        storage = behind(proxy.endpoint, swift, bucket)
        storage.put(KEY, path, digest)
        proxy.plan = Script([Fault.DAMAGE], "GET")
        assert storage.put(KEY, path, digest).sha256 == digest
    assert kept(swift_client, bucket) == {KEY: digest}


def test_nobody_listens(swift: Swift, bucket: str, sample: Sample) -> None:
    with (
        refused_endpoint() as endpoint,
        pytest.raises(UnavailableError, match=r"no answer .*AWS_ENDPOINT_URL"),
    ):
        behind(endpoint, swift, bucket).put(KEY, *sample(CONTENT))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    """A spool of files of many sizes, and what is in them."""
    contents = {}
    for number in range(16):
        key = f"warc/sana/2026/11/{number:03}.warc.gz"
        contents[key] = random.Random(number).randbytes(number * 5_003)  # noqa: S311 - the same each time
        path = tmp_path / "spool" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents[key])
    return contents


@pytest.mark.parametrize("seed", [1, 2])
def test_a_bad_day(
    swift: Swift, bucket: str, swift_client: "S3Client", tmp_path: Path, files: dict[str, bytes], seed: int
) -> None:
    """Every kind of fault, by chance: what is not in the archive as it was is still in the spool."""
    spool, plan = tmp_path / "spool", Seeded(seed, rate=0.35, most=60)
    arrived: list[str] = []
    with faulty_s3(swift.endpoint_url, plan, stall_seconds=0.1) as proxy:
        outbox = Outbox(
            spool,
            behind(proxy.endpoint, swift, bucket),
            Patience(attempts=20, sleep=lambda _: None),
            at_once=3,
        )
        carrier = Carrier(
            outbox, at_once=2, on_delivered=lambda stored: arrived.append(stored.key), jitter=lambda: -0.99
        )
        for key in files:
            carrier.carry(key)
        settled(carrier, 3)
        carrier.stop()
        there = kept(swift_client, bucket)
        for key, content in files.items():
            whole = there.get(key) == hashlib.sha256(content).hexdigest()
            assert whole or (spool / key).read_bytes() == content
            assert (key in arrived) == (not (spool / key).exists())

        rest = outbox.deliver_all()

    assert plan.given.total() >= 10
    assert rest.failed == {}
    assert sorted([*arrived, *(stored.key for stored in rest.delivered)]) == list(files)
    assert [path for path in spool.rglob("*") if path.is_file()] == []
    assert kept(swift_client, bucket) == {
        key: hashlib.sha256(content).hexdigest() for key, content in files.items()
    }


def test_an_outage_keeps_everything(
    swift: Swift, bucket: str, swift_client: "S3Client", tmp_path: Path, files: dict[str, bytes]
) -> None:
    spool = tmp_path / "spool"
    with faulty_s3(swift.endpoint_url, Script([Fault.UNAVAILABLE] * 1000)) as proxy:
        patience = Patience(attempts=2, seconds=60, sleep=lambda _: None)
        delivery = Outbox(spool, behind(proxy.endpoint, swift, bucket), patience, at_once=2).deliver_all()

    assert delivery.delivered == []
    assert list(delivery.failed) == list(files)
    assert {key: (spool / key).read_bytes() for key in files} == files
    assert kept(swift_client, bucket) == {}


def test_a_plan_is_the_same_each_time() -> None:
    requests = [Asked(number, "PUT" if number % 3 else "GET", "/x") for number in range(300)]
    first, again = ([plan(asked) for asked in requests] for plan in (Seeded(7), Seeded(7)))
    assert first == again
    assert set(first) == {None, *Fault}
    assert sum(fault is not None for fault in first) == 50, "never more than `most`"
    assert [Seeded(8)(asked) for asked in requests] != first
    script = Script([Fault.DROP, None, Fault.ERROR], method="PUT", path_holds="warc")
    answers = [script(Asked(0, method, "/warc/x")) for method in ("GET", "PUT", "PUT", "PUT", "PUT")]
    assert answers == [None, Fault.DROP, None, Fault.ERROR, None]
    assert script.done


def test_the_wrong_keys_are_no_outage(swift: Swift, bucket: str, sample: Sample) -> None:
    given = S3Credentials(
        access_key="test:absent", secret_key="x", endpoint_url=swift.endpoint_url, region="x"
    )
    with pytest.raises(ArchiveError) as caught:
        open_storage(f"s3://{bucket}", credentials=given).put(KEY, *sample(CONTENT))
    assert not isinstance(caught.value, UnavailableError)
