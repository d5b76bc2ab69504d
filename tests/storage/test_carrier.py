"""Files leave the spool beside the crawl, several at once; what fails waits and never blocks the end."""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.errors import ArchiveError
from crawler.storage import Stored, UnavailableError, open_storage
from crawler.storage.backoff import pause_after
from crawler.storage.carrier import Carrier
from crawler.storage.outbox import Outbox, Patience, spool_bytes
from tests.storage.faulty_storage import FaultyStorage
from tests.storage.settling import settled

WITHIN = 20.0  # seconds in which what must happen has happened
KEYS = [f"warc/sana/{number:03}" for number in range(12)]


class Timepiece:
    """A clock that a test sets; the carrier looks at it again when it is given something."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def storage(tmp_path: Path) -> FaultyStorage:
    return FaultyStorage(open_storage(str(tmp_path / "archive")))


@pytest.fixture
def outbox(spool: Path, storage: FaultyStorage) -> Outbox:
    return Outbox(spool, storage, Patience(attempts=3, sleep=lambda _: None))


Start = Callable[..., Carrier]


@pytest.fixture
def start(outbox: Outbox) -> Iterator[Start]:
    """Make carriers that are stopped at the end."""
    made: list[Carrier] = []

    def make(on_delivered: Callable[[Stored], object] = lambda _: None, **how: object) -> Carrier:
        made.append(Carrier(outbox, on_delivered=on_delivered, **how))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for carrier in made:
        carrier.stop()


def fill(spool: Path, *keys: str) -> None:
    for key in keys:
        (spool / key).parent.mkdir(parents=True, exist_ok=True)
        (spool / key).write_bytes(key.encode())


def test_everything_arrives(start: Start, spool: Path, storage: FaultyStorage) -> None:
    fill(spool, *KEYS)
    arrived: list[Stored] = []
    carrier = start(arrived.append, at_once=3)
    for key in KEYS:
        carrier.carry(key, hashlib.sha256(key.encode()).hexdigest())

    assert settled(carrier, WITHIN)
    assert carrier.idle()
    assert sorted(stored.key for stored in arrived) == KEYS
    assert [entry.key for entry in storage.list()] == KEYS
    assert spool_bytes(spool) == 0
    assert carrier.failed == {}


@pytest.mark.parametrize("at_once", [1, 3])
def test_so_many_at_once_and_no_more(start: Start, spool: Path, storage: FaultyStorage, at_once: int) -> None:
    fill(spool, *KEYS)
    together, most, lock = threading.Barrier(at_once), [0, 0], threading.Lock()

    def count(_: str, __: Path) -> None:
        with lock:
            most[0] += 1
            most[1] = max(most)
        together.wait(WITHIN)  # passes only when so many are in here
        with lock:
            most[0] -= 1

    storage.faults = [count] * len(KEYS)
    carrier = start(at_once=at_once)
    for key in KEYS:
        carrier.carry(key)

    assert settled(carrier, WITHIN)
    assert carrier.failed == {}
    assert most[1] == at_once


def test_what_fails_waits_and_others_pass(start: Start, spool: Path, storage: FaultyStorage) -> None:
    first, second = KEYS[:2]
    fill(spool, first, second)
    clock, failed, passed = Timepiece(), threading.Event(), threading.Event()

    def fail(_: str, __: Path) -> None:
        failed.set()
        raise UnavailableError("The server fails for now.")

    storage.faults = [fail]
    carrier = start(lambda _: passed.set(), at_once=1, clock=clock, jitter=lambda: 1.0)
    carrier.carry(first)
    assert failed.wait(WITHIN)
    carrier.carry(second)
    assert passed.wait(WITHIN)
    assert storage.order == [first, second]
    assert not settled(carrier, 0), "the first still waits for its turn"
    assert carrier.failed == {first: "The server fails for now."}
    assert (spool / first).exists()

    clock.now = 1.0
    fill(spool, KEYS[2])
    carrier.carry(KEYS[2])
    assert settled(carrier, WITHIN)
    assert storage.order == [first, second, first, KEYS[2]]
    assert carrier.failed == {}


def test_what_cannot_be_helped_is_not_tried_again(
    start: Start, spool: Path, storage: FaultyStorage, outbox: Outbox
) -> None:
    def refuse(_: str, __: Path) -> None:
        raise ArchiveError("The server refuses access.")

    fill(spool, KEYS[0])
    storage.faults = [refuse]
    carrier = start()
    carrier.carry(KEYS[0])
    assert settled(carrier, WITHIN)
    assert carrier.failed == {KEYS[0]: "The server refuses access."}
    assert storage.order == [KEYS[0]]

    carrier.stop()
    assert [stored.key for stored in outbox.deliver_all().delivered] == [KEYS[0]]


def test_the_end_does_not_wait_for_pauses(
    start: Start, spool: Path, storage: FaultyStorage, outbox: Outbox
) -> None:
    def fail(_: str, __: Path) -> None:
        raise UnavailableError("The server fails for now.")

    fill(spool, *KEYS)
    storage.faults = [fail] * len(KEYS)
    tried, clock = threading.Event(), Timepiece()  # a clock that stands still: no pause would ever end
    storage.faults[-1] = lambda key, path: (tried.set(), fail(key, path))[-1]  # type: ignore[func-returns-value]
    carrier = start(at_once=2, clock=clock)
    for key in KEYS:
        carrier.carry(key)
    assert tried.wait(WITHIN)

    carrier.stop()
    carrier.carry(KEYS[0])
    assert carrier.idle(), "nothing is taken after the end"
    assert all((spool / key).exists() for key in KEYS)
    assert [stored.key for stored in outbox.deliver_all().delivered] == KEYS


def test_the_end_waits_for_what_is_on_its_way(start: Start, spool: Path, storage: FaultyStorage) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hold(_: str, __: Path) -> None:
        begun.set()
        assert go_on.wait(WITHIN)

    fill(spool, KEYS[0])
    storage.faults = [hold]
    carrier = start()
    carrier.carry(KEYS[0])
    assert begun.wait(WITHIN)
    stopping = threading.Thread(target=carrier.stop)
    stopping.start()
    assert stopping.is_alive()
    go_on.set()
    stopping.join(WITHIN)

    assert [entry.key for entry in storage.list()] == [KEYS[0]]
    assert not (spool / KEYS[0]).exists()


def test_the_rest_goes_side_by_side_and_what_tells_of_it_last(spool: Path, storage: FaultyStorage) -> None:
    last = ["ledger/sana.sqlite", "runs/1/log.txt", "runs/1/manifest.json"]
    fill(spool, *KEYS, *last)
    together = threading.Barrier(3)

    def meet(_: str, __: Path) -> None:
        together.wait(WITHIN)

    storage.faults = [meet] * len(KEYS)
    delivery = Outbox(spool, storage, at_once=3).deliver_all()

    assert delivery.failed == {}
    assert [stored.key for stored in delivery.delivered] == KEYS + last, "reported in order"
    assert storage.order[len(KEYS) :] == last


def test_two_who_want_the_same_file(outbox: Outbox, spool: Path, storage: FaultyStorage) -> None:
    begun, go_on, errors = threading.Event(), threading.Event(), list[str]()

    def hold(_: str, __: Path) -> None:
        begun.set()
        assert go_on.wait(WITHIN)

    def deliver() -> None:
        try:
            outbox.deliver(KEYS[0])
        except ArchiveError as error:
            errors.append(str(error))

    fill(spool, KEYS[0])
    storage.faults = [hold]
    threads = [threading.Thread(target=deliver) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert begun.wait(WITHIN)
    go_on.set()
    for thread in threads:
        thread.join(WITHIN)

    assert storage.order == [KEYS[0]]
    assert len(errors) == 1
    assert "cannot be delivered: No such file" in errors[0]


def test_pauses_grow_to_a_minute() -> None:
    assert [pause_after(attempt, 1.0) for attempt in (1, 2, 3, 7, 10_000)] == [1, 2, 4, 60, 60]
    assert [pause_after(attempt, 0.0) for attempt in (1, 7)] == [0.5, 30]


def test_the_size_of_a_spool(spool: Path) -> None:
    assert spool_bytes(spool) == 0
    fill(spool, *KEYS)
    (spool / "journal").mkdir()
    (spool / "journal" / "1.jsonl").write_bytes(b"12345")
    with (spool / "warc/sana/x.warc.gz.open").open("wb", buffering=0) as growing:
        growing.write(b"123")
        (spool / "loop").symlink_to(spool)
        link = os.lstat(spool / "loop").st_size
        assert spool_bytes(spool) == sum(len(key) for key in KEYS) + 5 + 3 + link
        growing.write(b"45")
        assert spool_bytes(spool) == sum(len(key) for key in KEYS) + 5 + 5 + link
    (spool / "file").write_bytes(b"")
    with pytest.raises(ArchiveError, match="The spool cannot be read"):
        spool_bytes(spool / "file")
