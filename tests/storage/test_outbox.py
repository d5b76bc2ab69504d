"""Nothing leaves the spool before it was read back, also when the storage fails."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from crawler.errors import ArchiveError
from crawler.storage import Stored, UnavailableError, open_storage
from crawler.storage.outbox import Outbox, Patience
from tests.storage.faulty_storage import Clock, FaultyStorage

WARC, CDXJ = "warc/sana/2026/11/a.warc.gz", "cdxj/sana/2026/11/a.cdxj"
ARTICLES, LEDGER = "articles/site=sana/month=2026-11/a.parquet", "ledger/sana.sqlite"
LOG, MANIFEST, SIGNATURE = "runs/1/log", "runs/1/manifest.json", "runs/1/manifest.sig"
EVERYTHING = [WARC, CDXJ, LEDGER, ARTICLES, LOG, SIGNATURE, MANIFEST]


def fails(_: str, __: Path) -> None:
    raise UnavailableError("The server fails for now.")


def refuses(_: str, __: Path) -> None:
    raise ArchiveError("The server refuses access.")


def damages(_: str, path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"!")


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def storage(tmp_path: Path) -> FaultyStorage:
    return FaultyStorage(open_storage(str(tmp_path / "archive")))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(spool: Path, storage: FaultyStorage, clock: Clock) -> Outbox:
    patience = Patience(attempts=4, seconds=100, sleep=clock.sleep, clock=clock, jitter=lambda: 1.0)
    return Outbox(spool, storage, patience)


def fill(spool: Path, *keys: str) -> None:
    for key in keys:
        path = spool / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"كتاب {key}".encode())


def test_one_file(outbox: Outbox, spool: Path, storage: FaultyStorage) -> None:
    fill(spool, WARC)
    content = (spool / WARC).read_bytes()

    stored = outbox.deliver(WARC)

    assert stored == Stored(WARC, len(content), hashlib.sha256(content).hexdigest())
    assert not (spool / WARC).exists()
    with storage.open(WARC) as stream:
        assert stream.read() == content


def test_everything_in_order_and_the_manifest_last(
    outbox: Outbox, spool: Path, storage: FaultyStorage
) -> None:
    fill(spool, *reversed(EVERYTHING))

    delivery = outbox.deliver_all()

    assert storage.order == EVERYTHING
    assert [stored.key for stored in delivery.delivered] == EVERYTHING
    assert delivery.failed == {}
    assert list(spool.iterdir()) == [], "empty folders go too"


def test_what_is_unfinished_or_not_the_archives_stays(
    outbox: Outbox, spool: Path, storage: FaultyStorage
) -> None:
    stays = [f"{WARC}.open", f"{ARTICLES}.tmp", "journal/sana/000001.jsonl", "warc/.hidden"]
    fill(spool, WARC, *stays)

    delivery = outbox.deliver_all()

    assert storage.order == [WARC]
    assert delivery.failed == {}
    assert all((spool / key).exists() for key in stays)
    with pytest.raises(ArchiveError, match="unfinished"):
        outbox.deliver(f"{WARC}.open")


def test_it_tries_again_ever_more_slowly(
    outbox: Outbox, spool: Path, storage: FaultyStorage, clock: Clock
) -> None:
    fill(spool, WARC)
    storage.faults = [fails, fails, fails]

    assert outbox.deliver(WARC).key == WARC
    assert clock.pauses == [1.0, 2.0, 4.0]


def test_it_gives_up_and_keeps_the_file(outbox: Outbox, spool: Path, storage: FaultyStorage) -> None:
    fill(spool, WARC)
    storage.faults = [fails] * 9

    with pytest.raises(UnavailableError):
        outbox.deliver(WARC)

    assert len(storage.order) == 4
    assert (spool / WARC).exists()


def test_a_refusal_is_not_tried_again(
    outbox: Outbox, spool: Path, storage: FaultyStorage, clock: Clock
) -> None:
    fill(spool, WARC)
    storage.faults = [refuses]

    with pytest.raises(ArchiveError, match="refuses"):
        outbox.deliver(WARC)

    assert (len(storage.order), clock.pauses) == (1, [])
    assert (spool / WARC).exists()


def test_a_file_damaged_on_the_way_stays(outbox: Outbox, spool: Path, storage: FaultyStorage) -> None:
    fill(spool, WARC)
    storage.faults = [damages]

    with pytest.raises(ArchiveError, match="changed or damaged"):
        outbox.deliver(WARC)

    assert (spool / WARC).exists()
    assert list(storage.list_names()) in ([], ["warc/"])


@pytest.mark.parametrize(
    "answer",
    [
        lambda stored: Stored(stored.key, stored.size, "0" * 64),
        lambda stored: Stored(stored.key, stored.size - 1, stored.sha256),
    ],
)
def test_other_bytes_read_back_keep_the_file(
    outbox: Outbox, spool: Path, storage: FaultyStorage, answer: Callable[[Stored], Stored]
) -> None:
    fill(spool, WARC)
    storage.answer = answer

    with pytest.raises(ArchiveError, match="other bytes"):
        outbox.deliver(WARC)

    assert (spool / WARC).exists()


def test_a_file_that_grows_during_delivery_stays(outbox: Outbox, spool: Path, storage: FaultyStorage) -> None:
    fill(spool, WARC)

    def grow(stored: Stored) -> Stored:
        path = spool / WARC
        grown = path.read_bytes() + b"!"
        path.unlink()
        path.write_bytes(grown)
        return stored

    storage.answer = grow
    with pytest.raises(ArchiveError, match="changed while it was delivered"):
        outbox.deliver(WARC)

    assert (spool / WARC).read_bytes().endswith(b"!")


def test_a_wrong_digest_keeps_the_file(outbox: Outbox, spool: Path) -> None:
    fill(spool, WARC)

    with pytest.raises(ArchiveError, match="changed or damaged"):
        outbox.deliver(WARC, "0" * 64)

    assert (spool / WARC).exists()


def test_a_crash_between_delivery_and_removal(outbox: Outbox, spool: Path, storage: FaultyStorage) -> None:
    fill(spool, WARC)
    copy = (spool / WARC).read_bytes()
    outbox.deliver(WARC)
    (spool / WARC).parent.mkdir(parents=True, exist_ok=True)
    (spool / WARC).write_bytes(copy)

    assert outbox.deliver_all().failed == {}
    assert not (spool / WARC).exists()


def test_runs_wait_for_what_they_promise(outbox: Outbox, spool: Path, storage: FaultyStorage) -> None:
    fill(spool, *EVERYTHING)
    storage.faults = [refuses]

    delivery = outbox.deliver_all()

    assert set(delivery.failed) == {WARC, LOG, SIGNATURE, MANIFEST}
    assert "refuses" in delivery.failed[WARC]
    assert [stored.key for stored in delivery.delivered] == [CDXJ, LEDGER, ARTICLES]
    assert all((spool / key).exists() for key in delivery.failed)

    again = outbox.deliver_all()

    assert [stored.key for stored in again.delivered] == [WARC, LOG, SIGNATURE, MANIFEST]


def test_articles_wait_for_the_ledger_that_names_them(
    outbox: Outbox, spool: Path, storage: FaultyStorage
) -> None:
    fill(spool, *EVERYTHING)

    def refuses_the_ledger(key: str, path: Path) -> None:
        if key == LEDGER:
            refuses(key, path)

    storage.faults = [refuses_the_ledger] * 3

    assert set(outbox.deliver_all().failed) == {LEDGER, ARTICLES, LOG, SIGNATURE, MANIFEST}
    assert [stored.key for stored in outbox.deliver_all(("ledger",)).delivered] == [LEDGER]
    assert set(outbox.pending()) == {ARTICLES, LOG, SIGNATURE, MANIFEST}
    assert outbox.deliver_all().failed == {}


def test_a_storage_that_is_gone_is_not_asked_for_ever(
    outbox: Outbox, spool: Path, storage: FaultyStorage, clock: Clock
) -> None:
    keys = [f"warc/sana/{number:03}" for number in range(40)]
    fill(spool, *keys)
    storage.faults = [fails] * 1000
    clock.each = 5.0  # seconds that each failed attempt takes

    delivery = outbox.deliver_all()

    assert list(delivery.failed) == keys
    assert "was not tried" in delivery.failed[keys[-1]]
    assert len(storage.order) < 20
    assert clock.now < 250
    assert all((spool / key).exists() for key in keys)


def test_names_that_are_no_keys_are_named(outbox: Outbox, spool: Path) -> None:
    fill(spool, WARC, "warc/خبر.warc.gz")

    delivery = outbox.deliver_all()

    assert [stored.key for stored in delivery.delivered] == [WARC]
    assert "cannot be a name" in delivery.failed["warc/خبر.warc.gz"]
    with pytest.raises(ArchiveError, match="cannot be a name"):
        outbox.deliver("../secrets")


def test_a_checkpoint_is_renewed(outbox: Outbox, spool: Path, storage: FaultyStorage) -> None:
    for content in (b"monday", b"tuesday"):
        (spool / "ledger").mkdir(parents=True, exist_ok=True)
        (spool / LEDGER).write_bytes(content)
        outbox.deliver(LEDGER)

    with storage.open(LEDGER) as stream:
        assert stream.read() == b"tuesday"


def test_a_missing_file_is_named(outbox: Outbox) -> None:
    with pytest.raises(ArchiveError, match="cannot be delivered: No such file"):
        outbox.deliver(WARC)


def test_an_empty_spool(outbox: Outbox) -> None:
    assert outbox.pending() == []
    assert outbox.deliver_all().delivered == []


def test_several_threads(outbox: Outbox, spool: Path, storage: FaultyStorage) -> None:
    keys = [f"warc/sana/{number:03}" for number in range(24)]
    fill(spool, *keys)
    threads = [
        Thread(target=lambda part: [outbox.deliver(key) for key in part], args=(keys[n::4],))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [entry.key for entry in storage.list()] == keys
    assert outbox.pending() == []
