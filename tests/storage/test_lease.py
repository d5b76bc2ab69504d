"""One run a site at a time: on a folder, on a server with conditional writes, on servers without."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.errors import ArchiveError
from crawler.storage import ObjectLock, S3Credentials, Storage, UnavailableError, open_storage
from crawler.storage.lease import Claim, LeaseHeldError, LeaseLostError, Record, lease_key
from crawler.storage.lease_keeper import LeaseKeeper
from crawler.storage.retention import LockMode, Locks
from tests.crawl.running import PROJECT
from tests.servers.localstack import LocalStack
from tests.servers.swift import Swift
from tests.storage.conftest import credentials
from tests.storage.leasing import take_lease
from tests.storage.lying_server import lying_server

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

KEY = "ledger/sana.lease"
SETTLE = 2.0  # seconds: two processes on a busy machine have written within them
WITHIN = 30.0  # seconds in which what must happen has happened


@dataclass(frozen=True)
class Place:
    """An archive that this process and others open."""

    address: str
    server: Swift | LocalStack | None = None

    def open(self) -> Storage:
        return open_storage(self.address, credentials=credentials(self.server) if self.server else None)


@pytest.fixture(params=["folder", "swift", "localstack"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        return Place(str(tmp_path / "archive"))
    if request.param == "swift":
        return Place(f"s3://{request.getfixturevalue('bucket')}/press", request.getfixturevalue("swift"))
    bucket = request.getfixturevalue("unlocking_bucket")
    return Place(f"s3://{bucket}/press", request.getfixturevalue("localstack"))


@contextmanager
def racer(place: Place, *, seconds: float = 600) -> Iterator["subprocess.Popen[str]"]:
    """Another process that takes leases; killed at the end, if it lives still."""
    env = dict(os.environ)
    if place.server is not None:
        env |= {
            "RACER_ACCESS_KEY": place.server.access_key,
            "RACER_SECRET_KEY": place.server.secret_key,
            "RACER_ENDPOINT": place.server.endpoint_url,
        }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.storage.lease_racer", place.address, str(SETTLE), str(seconds)],
        cwd=PROJECT,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert answer(process) == "ready"
        yield process
    finally:
        process.kill()
        process.communicate()


def tell(process: "subprocess.Popen[str]", site: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{site}\n")
    process.stdin.flush()


def answer(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def put_record(client: "S3Client", place: Place, site: str, **changes: object) -> None:
    """Leave the lease of a run that ended long ago, without a word."""
    values: dict[str, object] = {
        "site": site,
        "run": "old",
        "host": "press",
        "process": 1,
        "token": "0",
        "taken": "2026-01-01T00:00:00Z",
        "until": "2026-01-01T00:10:00Z",
        "released": False,
    }
    bucket = place.address.removeprefix("s3://").partition("/")[0]
    client.put_object(
        Bucket=bucket, Key=f"press/{lease_key(site)}", Body=json.dumps(values | changes).encode()
    )


def client_of(place: Place, request: pytest.FixtureRequest) -> "S3Client":
    name = "swift_client" if isinstance(place.server, Swift) else "localstack_client"
    found: S3Client = request.getfixturevalue(name)
    return found


def test_one_at_a_time(place: Place) -> None:
    first = take_lease(place.open(), "sana", holder="run-1", settle=SETTLE)
    with pytest.raises(LeaseHeldError) as caught:
        take_lease(place.open(), "sana", holder="run-2")
    other = take_lease(place.open(), "wafa", holder="run-3", settle=SETTLE)
    first.renew()
    first.release()
    second = take_lease(place.open(), "sana", holder="run-2", settle=SETTLE)
    with pytest.raises(LeaseHeldError, match="run-2"):
        take_lease(place.open(), "sana", holder="run-1")
    for lease in (second, other):
        lease.release()

    said = str(caught.value)
    assert said.startswith("The site sana is held by the run run-1 on ")
    assert f"(process {os.getpid()}) since 20" in said
    assert ("for now until 20" in said) == (place.server is not None)
    assert said.endswith(".")
    assert "\n" not in said


def test_generations_only_grow(place: Place, request: pytest.FixtureRequest) -> None:
    first = take_lease(place.open(), "sana", holder="run-1", settle=SETTLE)
    assert first.generation == 1
    assert first.holds()
    first.renew()
    first.release()
    second = take_lease(place.open(), "sana", holder="run-2", settle=SETTLE, above=7)
    assert second.generation == 8
    second.release()
    third = take_lease(place.open(), "sana", holder="run-3", settle=SETTLE, above=3)
    assert third.generation == 9
    assert third.holds()
    third.release()
    if place.server is None:
        return
    assert not third.holds()
    put_record(client_of(place, request), place, "sana")  # by a version without generations
    fourth = take_lease(place.open(), "sana", holder="run-4", settle=SETTLE, above=9)
    assert fourth.generation == 10
    put_record(client_of(place, request), place, "sana", run="rival", token="1", generation=11)
    assert not fourth.holds()


def test_a_lease_that_nearly_ran_out_is_renewed_by_the_question(
    localstack: LocalStack, unlocking_bucket: str, localstack_client: "S3Client"
) -> None:
    place = Place(f"s3://{unlocking_bucket}/press", localstack)
    lease = take_lease(place.open(), "sana", holder="run-1", seconds=1000)
    body = localstack_client.get_object(Bucket=unlocking_bucket, Key=f"press/{KEY}")["Body"].read()
    ours = Record.parse(body, "here")
    changes = asdict(ours) | {"until": ours.taken}
    put_record(localstack_client, place, changes.pop("site"), **changes)
    assert lease.holds()
    body = localstack_client.get_object(Bucket=unlocking_bucket, Key=f"press/{KEY}")["Body"].read()
    assert str(Record.parse(body, "here").until) > ours.taken


def test_a_lease_is_no_file_of_the_archive(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    lease = take_lease(storage, "sana", holder="run-1")

    assert list(storage.list()) == []
    lease.release()
    assert list(storage.list_names("ledger/")) == []


def test_races_between_processes(place: Place) -> None:
    rounds = 40 if place.server is None else 4 if isinstance(place.server, Swift) else 12
    with ExitStack() as stack:
        racers = [stack.enter_context(racer(place)) for _ in range(2)]
        for number in range(rounds):
            for process in racers:
                tell(process, f"site{number}")
            said = [answer(process) for process in racers]
            assert said.count("held") == 1, said
            assert sum("is held by" in words for words in said) == 1, said


@pytest.mark.parametrize("place", ["swift", "localstack"], indirect=True)
def test_races_for_a_lease_that_ran_out(place: Place, request: pytest.FixtureRequest) -> None:
    rounds = 3 if isinstance(place.server, Swift) else 12
    with ExitStack() as stack:
        racers = [stack.enter_context(racer(place)) for _ in range(2)]
        for number in range(rounds):
            put_record(client_of(place, request), place, f"site{number}")
            for process in racers:
                tell(process, f"site{number}")
            said = [answer(process) for process in racers]
            assert said.count("held") == 1, said


def test_a_holder_that_was_killed(place: Place) -> None:
    with racer(place, seconds=6 if isinstance(place.server, Swift) else 3) as holder:
        tell(holder, "sana")
        assert answer(holder) == "held"
        with pytest.raises(LeaseHeldError):
            take_lease(place.open(), "sana", holder="run-2", margin=0)
        holder.kill()
        holder.wait()
        if place.server is None:
            take_lease(place.open(), "sana", holder="run-2").release()  # the kernel has let go already
            return
        deadline = time.monotonic() + WITHIN
        while True:
            try:
                take_lease(place.open(), "sana", holder="run-2", margin=0, settle=SETTLE).release()
                break
            except LeaseHeldError:
                assert time.monotonic() < deadline
                time.sleep(0.1)


@pytest.mark.parametrize("place", ["swift", "localstack"], indirect=True)
def test_a_holder_that_was_taken_over_hears_of_it(place: Place, request: pytest.FixtureRequest) -> None:
    lease = take_lease(place.open(), "sana", holder="run-1", seconds=0.3)
    put_record(client_of(place, request), place, "sana", run="rival", token="1")
    losses: list[LeaseLostError] = []
    heard = threading.Event()

    def on_lost(error: LeaseLostError) -> None:
        losses.append(error)
        heard.set()

    with LeaseKeeper(lease, on_lost=on_lost) as keeper:
        assert heard.wait(WITHIN)
        assert keeper.lost
    assert "was taken over by the run rival on press (process 1) at 2026-01-01 00:00:00 UTC" in str(losses[0])
    with pytest.raises(LeaseLostError):
        lease.release()


def test_a_lock_that_was_removed_is_lost(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    lease = take_lease(storage, "sana", holder="run-1")
    lease.renew()
    (tmp_path / "ledger" / ".sana.lock").unlink()
    rival = take_lease(storage, "sana", holder="run-2")

    with pytest.raises(LeaseLostError, match="was removed, so another run may have begun"):
        lease.renew()
    lease.release()
    rival.renew()
    rival.release()


def test_a_lease_that_was_removed_is_lost(
    localstack: LocalStack, unlocking_bucket: str, localstack_client: "S3Client"
) -> None:
    storage = Place(f"s3://{unlocking_bucket}", localstack).open()
    lease = take_lease(storage, "sana", holder="run-1")
    localstack_client.delete_object(Bucket=unlocking_bucket, Key=KEY)

    with pytest.raises(LeaseLostError, match="was removed"):
        lease.renew()


def test_renewing_puts_the_end_off(
    localstack: LocalStack, unlocking_bucket: str, localstack_client: "S3Client"
) -> None:
    place = Place(f"s3://{unlocking_bucket}/press", localstack)
    lease = take_lease(place.open(), "sana", holder="run-1")

    def until() -> datetime:
        body = localstack_client.get_object(Bucket=unlocking_bucket, Key=f"press/{KEY}")["Body"].read()
        record = Record.parse(body, "here")
        assert record.until is not None
        assert record.run == "run-1"
        return datetime.fromisoformat(record.until)

    first, deadline = until(), time.monotonic() + WITHIN
    while until() == first:
        assert time.monotonic() < deadline
        lease.renew()
    assert timedelta(0) < until() - first < timedelta(seconds=WITHIN)


def test_a_lease_in_a_bucket_that_locks_is_not_locked(localstack: LocalStack, locking_bucket: str) -> None:
    storage = open_storage(
        f"s3://{locking_bucket}",
        credentials=credentials(localstack),
        lock=ObjectLock(LockMode.COMPLIANCE, 30),
    )
    for run in ("run-1", "run-2"):
        lease = take_lease(storage, "sana", holder=run)
        lease.renew()
        assert storage.locks(KEY) == Locks(None, None)
        lease.release()


@pytest.mark.parametrize(
    ("fault", "waits"), [(None, 0), ("knows-no-condition", 2), ("ignores-conditions", 2)]
)
def test_servers_without_conditional_writes(
    caplog: pytest.LogCaptureFixture, fault: str | None, waits: int
) -> None:
    """Rivals who found the site free at the same moment: the one whose record stays has it."""
    caplog.set_level(logging.INFO)
    with lying_server(*filter(None, [fault])) as server:
        given = S3Credentials(access_key="k", secret_key="s", endpoint_url=server.endpoint_url, region="x")
        storage = open_storage("s3://archive", credentials=given)
        pauses: list[float] = []
        lease = take_lease(storage, "sana", holder="run-1", sleep=pauses.append)
        lease.renew()
        assert pauses == [3.0] * waits
        assert caplog.text.count("the server gives no conditional writes") == min(waits, 1)
        lease.release()
        if not waits:
            return

        def rival_writes(seconds: float) -> None:
            [(name, content)] = server.objects.items()
            server.objects[name] = content.replace(b"run-2", b"rival").replace(b'"token": "', b'"token": "f')

        with pytest.raises(LeaseHeldError, match="rival"):
            take_lease(storage, "sana", holder="run-2", sleep=rival_writes)


def test_a_server_too_slow_to_tell_gives_no_lease() -> None:
    with lying_server("ignores-conditions") as server:
        given = S3Credentials(access_key="k", secret_key="s", endpoint_url=server.endpoint_url, region="x")
        storage = open_storage("s3://archive", credentials=given)
        times, pauses = iter((0.0, 3.1)), list[float]()
        with pytest.raises(UnavailableError, match="too slow to show who holds the site"):
            take_lease(storage, "sana", holder="run-1", clock=lambda: next(times), sleep=pauses.append)
        assert pauses == []


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'"x"', b"\xff", b"[" * 5000, b"x" * 10_000, None],
)
def test_what_is_no_lease_is_told(
    localstack: LocalStack, unlocking_bucket: str, localstack_client: "S3Client", content: bytes | None
) -> None:
    place = Place(f"s3://{unlocking_bucket}/press", localstack)
    if content is None:
        put_record(localstack_client, place, "sana", run="a\nb", until="2999-01-01T00:00:00")
    else:
        localstack_client.put_object(Bucket=unlocking_bucket, Key=f"press/{KEY}", Body=content)

    with pytest.raises(ArchiveError, match=r"ledger/sana\.lease in s3://.* is no lease; look at it"):
        take_lease(place.open(), "sana", holder="run-1")


def test_places_that_cannot_hold_a_lease(tmp_path: Path, swift: Swift) -> None:
    (tmp_path / "ledger").write_text("a file")
    with pytest.raises(ArchiveError, match="cannot lock the site sana"):
        take_lease(open_storage(str(tmp_path)), "sana", holder="run-1")
    with pytest.raises(ArchiveError, match="no such bucket"):
        take_lease(open_storage("s3://none", credentials=credentials(swift)), "sana", holder="run-1")
    with pytest.raises(ArchiveError, match="cannot be a name"):
        take_lease(open_storage(str(tmp_path)), "../sana", holder="run-1")


def rival(margin: float, *dead: str) -> Claim:
    return Claim(site="barada", run="another", margin=margin, dead=frozenset(dead))


def test_what_lives() -> None:
    now = datetime(2026, 11, 21, 22, 55, tzinfo=UTC)
    claim = Claim(site="sana", run="run-1")
    record = Record.of(claim, taken=now, until=now)
    assert record.lives(now - timedelta(seconds=1), rival(0))
    assert not record.lives(now, rival(0))
    assert record.lives(now + timedelta(seconds=14), rival(15))
    assert not record.lives(now + timedelta(seconds=15), rival(15))
    assert not Record.of(claim, taken=now, until=now + timedelta(1), released=True).lives(now, rival(15))
    assert Record.of(claim, taken=now, until=None).lives(now + timedelta(365), rival(0))
    living = Record.of(claim, taken=now, until=now + timedelta(1))
    assert living.lives(now, rival(15, "run-2"))
    assert not living.lives(now, rival(15, "run-1"))
    assert Record.parse(record.to_bytes(), "here") == record


@dataclass
class Moody:
    """A lease whose server fails some times."""

    faults: list[ArchiveError | None]
    seconds: float = 0.03
    generation: int = 1
    renewed: threading.Event = field(default_factory=threading.Event)

    def renew(self) -> None:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        self.renewed.set()

    def holds(self) -> bool:
        raise AssertionError("the keeper renews and does nothing else")

    def release(self) -> None:
        raise AssertionError("the keeper renews and does nothing else")


def unexpected(error: LeaseLostError) -> None:
    raise AssertionError(error)


def test_a_server_that_does_not_answer_is_no_loss(caplog: pytest.LogCaptureFixture) -> None:
    lease = Moody([UnavailableError("No answer."), ArchiveError("The server refuses access.")])
    with LeaseKeeper(lease, on_lost=unexpected) as keeper:
        assert lease.renewed.wait(WITHIN)
    assert not keeper.lost
    assert "No answer. The lease of the site is renewed in" in caplog.text


def test_a_keeper_that_never_began_can_be_stopped() -> None:
    LeaseKeeper(Moody([]), on_lost=unexpected).stop()
