"""What machines replace by turns: no run replaces what a later run of its site wrote."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.storage import S3Credentials, Storage, UnavailableError, open_storage
from crawler.storage.cell import FasterError
from crawler.storage.fence import generation_of, replace_fenced
from crawler.storage.lease import LeaseLostError
from tests.storage.leasing import take_lease
from tests.storage.lying_server import lying_server

KEY = "ledger/sana.json"
MOST = 10_000


@dataclass
class Held:
    """A lease of this generation, lost or not."""

    generation: int
    lost: bool = False
    seconds: float = 600.0

    def holds(self) -> bool:
        return not self.lost

    def renew(self) -> None:
        raise AssertionError("the fence asks only")

    def release(self) -> None:
        raise AssertionError("the fence asks only")


def note(generation: int, word: str) -> Callable[[bytes | None], bytes]:
    return lambda there: json.dumps({"generation": generation, "word": word, "after": bool(there)}).encode()


def word(storage: Storage) -> str:
    return str(json.loads(storage.cell(KEY, MOST).read().content or b"{}").get("word"))


def test_a_cell(storage: Storage) -> None:
    ours, theirs = storage.cell(KEY, 4), storage.cell(KEY, 4)
    empty = ours.read()
    assert (empty.content, empty.etag) == (None, None)
    ours.write(b"one", empty)
    first = theirs.read()
    assert first.content == b"one"
    if theirs.write(b"two", first):  # the server knows conditions
        with pytest.raises(FasterError):
            ours.write(b"three", first)
        with pytest.raises(FasterError):
            ours.write(b"three", empty)
    assert ours.read().content == b"two"
    assert ours.read().etag != first.etag
    ours.write(b"123456789", ours.read())
    assert ours.read().content == b"12345"  # one byte more than is allowed, so that a reader notices


def test_a_later_run_is_not_overwritten(storage: Storage) -> None:
    cell = storage.cell(KEY, MOST)
    replace_fenced(cell, Held(1), note(1, "first"), sleep=lambda _: None)
    replace_fenced(cell, Held(2), note(2, "second"), sleep=lambda _: None)
    with pytest.raises(LeaseLostError, match="was written by a later run"):
        replace_fenced(storage.cell(KEY, MOST), Held(1), note(1, "zombie"), sleep=lambda _: None)
    with pytest.raises(LeaseLostError):
        replace_fenced(cell, Held(3, lost=True), note(3, "zombie"), sleep=lambda _: None)
    assert word(storage) == "second"


def test_a_run_that_wakes_up_between_its_look_and_its_write(tmp_path: Path) -> None:
    """It looked while the site was its own, and slept while a later run came, wrote and went."""
    storage = open_storage(str(tmp_path))
    replace_fenced(storage.cell(KEY, MOST), Held(1), note(1, "before"))
    asked: list[bytes | None] = []

    def sleep_and_make(there: bytes | None) -> bytes:
        asked.append(there)
        replace_fenced(storage.cell(KEY, MOST), Held(2), note(2, "later"))
        return note(1, "zombie")(there)

    with pytest.raises(LeaseLostError):
        replace_fenced(storage.cell(KEY, MOST), Held(1), sleep_and_make)
    assert len(asked) == 1
    assert word(storage) == "later"


def test_a_rival_who_was_faster_is_taken_into_account(tmp_path: Path) -> None:
    storage, seen = open_storage(str(tmp_path)), list[bytes | None]()

    def make(there: bytes | None) -> bytes:
        if not seen:
            replace_fenced(storage.cell(KEY, MOST), Held(4), note(4, "rival"))
        seen.append(there)
        return note(4, "ours")(there)

    replace_fenced(storage.cell(KEY, MOST), Held(4), make)
    assert [generation_of(each) for each in seen] == [0, 4]
    assert word(storage) == "ours"


def test_a_document_that_changes_all_the_time(tmp_path: Path) -> None:
    storage, rounds = open_storage(str(tmp_path)), iter(range(100))

    def make(there: bytes | None) -> bytes:
        replace_fenced(storage.cell(KEY, MOST), Held(1), note(1, f"rival {next(rounds)}"))
        return note(1, "ours")(there)

    with pytest.raises(UnavailableError, match="changes all the time"):
        replace_fenced(storage.cell(KEY, MOST), Held(1), make)


@pytest.mark.parametrize("fault", ["knows-no-condition", "ignores-conditions"])
def test_servers_without_conditional_writes_are_read_after_a_pause(fault: str) -> None:
    with lying_server(fault) as server:
        given = S3Credentials(access_key="k", secret_key="s", endpoint_url=server.endpoint_url, region="x")
        storage = open_storage("s3://archive", credentials=given)
        pauses: list[float] = []

        def rival_writes(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 1:
                [name] = server.objects
                server.objects[name] = note(5, "rival")(None)

        with pytest.raises(LeaseLostError):
            replace_fenced(storage.cell(KEY, MOST), Held(4), note(4, "ours"), sleep=rival_writes)
        assert word(storage) == "rival"
        replace_fenced(storage.cell(KEY, MOST), Held(6), note(6, "ours"), sleep=pauses.append)
        assert word(storage) == "ours"
        assert pauses == [3.0, 3.0]


@pytest.mark.parametrize(
    ("content", "generation"),
    [
        (None, 0),
        (b"", 0),
        (b"[1]", 0),
        (b'{"run_id": "of an old version"}', 0),
        (b'{"generation": -1}', 0),
        (b'{"generation": "2"}', 0),
        (b'{"generation": 2}', 2),
        (b"[" * 10_000, 0),
    ],
)
def test_the_generation_of_a_document(content: bytes | None, generation: int) -> None:
    assert generation_of(content) == generation


def test_a_real_lease_and_a_zombie(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    zombie = take_lease(storage, "sana", holder="run-1")
    (tmp_path / "ledger/.sana.lock").unlink()
    later = take_lease(storage, "sana", holder="run-2", above=zombie.generation)
    replace_fenced(storage.cell(KEY, MOST), later, note(later.generation, "later"))
    with pytest.raises(LeaseLostError):
        replace_fenced(storage.cell(KEY, MOST), zombie, note(zombie.generation, "zombie"))
    zombie.release()
    later.release()
