"""Time stamps by an authority on loopback: got, checked, refused, asked for again."""

import builtins
import json
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.archive.manifest import newest_runs
from crawler.archive.signing import Signer
from crawler.archive.timestamps import (
    MAX_TOKEN_BYTES,
    StampError,
    check_token,
    checked_authorities,
    load_roots,
    request_token,
    stamp_pending,
    stamp_run,
)
from crawler.errors import UsageError
from crawler.storage import open_storage
from crawler.storage.outbox import Outbox
from tests.verify.authority import Authority, make_authority, serving
from tests.verify.building import SITE, Archive, run_id
from tests.verify.checking import faults_in, report_on

SIGNATURE = bytes(range(64))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority") / "one")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority") / "two")


def stamp(archive: Archive, spool: Path, number: int, *authorities: str) -> list[str]:
    run = archive.runs[number].run_id
    signature = archive.path(f"runs/{run}/manifest.json.sig").read_bytes()
    problems = stamp_run(spool, run, signature, authorities)
    assert Outbox(spool, open_storage(str(archive.root))).deliver_all().failed == {}
    return problems


def token_key(archive: Archive, number: int, authority: int = 1) -> str:
    return f"runs/{archive.runs[number].run_id}/manifest.json.{authority}.tsr"


def test_a_token_that_holds(authority: Authority, tmp_path: Path) -> None:
    with serving(lambda question: (200, authority.answer(question))) as url:
        token = request_token(url, SIGNATURE)
    moment = check_token(token, SIGNATURE, [authority.root])
    assert moment.tzinfo is not None
    (tmp_path / "signature").write_bytes(SIGNATURE)
    (tmp_path / "token").write_bytes(token)
    command = [
        authority.openssl,
        "ts",
        "-verify",
        "-data",
        "signature",
        "-in",
        "token",
        "-CAfile",
    ]
    subprocess.run([*command, str(authority.root_pem)], cwd=tmp_path, check=True, capture_output=True)


def test_a_token_of_other_bytes_or_of_a_stranger(authority: Authority, stranger: Authority) -> None:
    with serving(lambda question: (200, authority.answer(question))) as url:
        token = request_token(url, SIGNATURE)
    with pytest.raises(StampError):
        check_token(token, SIGNATURE[::-1], [authority.root])
    with pytest.raises(StampError):
        check_token(token, SIGNATURE, [stranger.root])
    for broken in (b"", token[:-1], token[:100], b"\x30" * 5_000, token[:200] + b"\0" + token[201:]):
        with pytest.raises(StampError):
            check_token(broken, SIGNATURE, [authority.root])


def test_an_authority_whose_certificate_had_expired(tmp_path: Path) -> None:
    expired = make_authority(tmp_path / "expired", days=(-30, -1))
    with serving(lambda question: (200, expired.answer(question))) as url:
        token = request_token(url, SIGNATURE)  # who asks has no roots; who verifies has
    with pytest.raises(StampError):
        check_token(token, SIGNATURE, [expired.root])


def test_a_token_outlives_the_certificate_that_made_it(tmp_path: Path) -> None:
    short_lived = make_authority(tmp_path / "short", days=(-1, 2 / 86_400))
    with serving(lambda question: (200, short_lived.answer(question))) as url:
        token = request_token(url, SIGNATURE)
    expired = threading.Event()
    while datetime.now(UTC) <= short_lived.leaf.not_valid_after_utc:
        expired.wait(0.05)
    stamped = check_token(token, SIGNATURE, [short_lived.root])
    assert stamped <= short_lived.leaf.not_valid_after_utc < datetime.now(UTC)


def test_answers_that_are_no_time_stamp(authority: Authority) -> None:
    asked: list[bytes] = []

    def another(question: bytes) -> tuple[int, bytes]:
        asked.append(question)
        return 200, authority.answer(asked[0])

    answers: dict[str, Any] = {
        "could not be asked": lambda _: (500, b"no"),
        "302": lambda _: (302, b""),
        "is no time stamp": lambda _: (200, b"<html>" * 100),
        "too large": lambda _: (200, bytes(MAX_TOKEN_BYTES + 1)),
        "refused": lambda _: (200, bytes.fromhex("30053003020102")),
    }
    for words, respond in answers.items():
        with serving(respond) as url, pytest.raises(StampError, match=words):
            request_token(url, SIGNATURE)
    with serving(another) as url:
        request_token(url, SIGNATURE)
        with pytest.raises(StampError, match="another question"):
            request_token(url, SIGNATURE)


def test_an_authority_that_never_answers_costs_its_time_only() -> None:
    release = threading.Event()

    def respond(_: bytes) -> tuple[int, bytes]:
        release.wait(30)
        return 200, b""

    with serving(respond) as url:
        try:
            with pytest.raises(StampError, match=r"no answer in|could not be asked"):
                request_token(url, SIGNATURE, seconds=0.2)
        finally:
            release.set()


def test_stamped_manifests(signed: Archive, signer: Signer, authority: Authority, tmp_path: Path) -> None:
    with serving(lambda question: (200, authority.answer(question))) as url:
        for number in range(3):
            assert stamp(signed, tmp_path / "spool", number, url) == []
    report = report_on(signed, keys=[signer.public], roots=[authority.root])
    assert (report.faults, report.remarks, report.checked["timestamps"]) == ([], [], 3)
    assert report.checked["first_timestamp"] <= report.checked["last_timestamp"]
    unchecked = report_on(signed, keys=[signer.public])
    assert (unchecked.faults, unchecked.checked["timestamps"]) == ([], 0)
    assert unchecked.remarks == [
        "3 time stamps are there; no root was given (--tsa-root), so none was checked."
    ]
    with pytest.raises(UsageError, match="--key"):
        report_on(signed, roots=[authority.root])


def test_the_newest_time_stamp_covers_the_chain(
    signed: Archive, signer: Signer, authority: Authority, tmp_path: Path
) -> None:
    with serving(lambda question: (200, authority.answer(question))) as url:
        stamp(signed, tmp_path / "spool", 1, url)
    found = faults_in(signed, keys=[signer.public], roots=[authority.root])
    assert found == [("timestamp-missing", f"runs/{signed.runs[2].run_id}/manifest.json", None)]


def test_time_stamps_damaged(
    signed: Archive, signer: Signer, authority: Authority, stranger: Authority, tmp_path: Path
) -> None:
    with serving(lambda question: (200, stranger.answer(question))) as foreign:
        stamp(signed, tmp_path / "spool", 2, foreign)
    wrong = ("timestamp-wrong", token_key(signed, 2), None)
    found = faults_in(signed, keys=[signer.public], roots=[authority.root])
    assert wrong in found
    assert [code for code, _, _ in found].count("timestamp-missing") == 3
    assert faults_in(signed, keys=[signer.public], roots=[authority.root, stranger.root]) == []
    signed.rewrite(token_key(signed, 2), lambda data: data[:-1])
    assert wrong in faults_in(signed, keys=[signer.public], roots=[stranger.root])


def test_what_was_out_of_reach_is_asked_again_by_a_later_run(
    signed: Archive, signer: Signer, authority: Authority, tmp_path: Path
) -> None:
    storage, spool, roots = open_storage(str(signed.root)), tmp_path / "spool", [authority.root]
    up = threading.Event()

    def respond(question: bytes) -> tuple[int, bytes]:
        return (200, authority.answer(question)) if up.is_set() else (503, b"later")

    with serving(respond) as url:
        [problem] = stamp(signed, spool, 2, url)
        assert url in problem
        remarks = report_on(signed).remarks
        assert any(remark.startswith("1 manifest waits for a time stamp") for remark in remarks)
        note = json.loads(signed.path(token_key(signed, 2).replace("tsr", "pending")).read_text())
        assert note["authority"] == url
        report = report_on(signed, keys=[signer.public], roots=roots)
        assert "did not come yet" in report.faults[-1].meaning
        runs = newest_runs(storage, SITE, run_id(9))
        [still] = stamp_pending(storage, spool, runs, [url])
        assert "Still no time stamp" in still
        up.set()
        assert (
            stamp_pending(
                storage, spool, newest_runs(storage, SITE, run_id(9)), ["http://elsewhere.example/"]
            )
            == []
        )
        assert list(spool.rglob("*.tsr")) == []  # the archive does not say whom we ask
        assert stamp_pending(storage, spool, runs, [url]) == []
        assert Outbox(spool, storage).deliver_all().failed == {}
        assert stamp_pending(storage, spool, runs, [url]) == []
    assert faults_in(signed, keys=[signer.public], roots=roots) == []


def test_a_note_that_is_none_is_passed_over(signed: Archive, tmp_path: Path) -> None:
    for number, content in enumerate((b"", b"[]", b'{"authority": 5}', b"[" * 4_000)):
        signed.path(f"runs/{signed.runs[0].run_id}/manifest.json.{number + 1}.pending").write_bytes(content)
    storage = open_storage(str(signed.root))
    assert (
        stamp_pending(storage, tmp_path, newest_runs(storage, SITE, run_id(9)), ["http://127.0.0.1:1/"]) == []
    )


@pytest.mark.parametrize(
    "urls",
    [
        ["ftp://tsa.example/"],
        ["file:///etc/passwd"],
        ["https://user:secret@tsa.example/"],
        ["https://"],
        ["tsa.example"],
        ["https://tsa.example/", "https://tsa.example/"],
        [f"https://tsa.example/{number}" for number in range(100)],
    ],
)
def test_authorities_that_are_none(urls: list[str]) -> None:
    with pytest.raises(UsageError, match="TIMESTAMP_AUTHORITIES") as error:
        checked_authorities(urls)
    assert "secret" not in str(error.value)


def test_authorities() -> None:
    assert checked_authorities(["https://tsa.example/a", "http://b/"]) == (
        "https://tsa.example/a",
        "http://b/",
    )
    assert checked_authorities([]) == ()


def test_roots(authority: Authority, stranger: Authority, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(authority.root_pem.read_bytes() + stranger.root_pem.read_bytes())
    assert load_roots([bundle, authority.root_pem]) == [authority.root, stranger.root]
    (tmp_path / "none").write_text("no certificate")
    for path in (tmp_path / "none", tmp_path / "missing"):
        with pytest.raises(UsageError):
            load_roots([path])


def test_without_the_package(monkeypatch: pytest.MonkeyPatch, authority: Authority) -> None:
    whole = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "rfc3161_client":
            raise ImportError(name)
        return whole(name, *rest)

    monkeypatch.delitem(sys.modules, "rfc3161_client", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    for use in (lambda: checked_authorities(["https://a/"]), lambda: load_roots([authority.root_pem])):
        with pytest.raises(UsageError, match="warraq\\[evidence\\]"):
            use()
