"""Who may read: Host headers, passwords, tokens."""

import base64

import pytest

from crawler.browse.access import COOKIE, Access, is_loopback

LOCAL = Access(host="127.0.0.1")
OPEN = Access(host="0.0.0.0", names=("archive.example",), secret="right horse")  # noqa: S104


@pytest.mark.parametrize(
    "header", ["127.0.0.1:8787", "127.0.0.1", "localhost:8787", "LOCALHOST", "[::1]:8787", "127.0.0.2:1"]
)
def test_loopback_is_known(header: str) -> None:
    assert LOCAL.knows_host(header)


@pytest.mark.parametrize(
    "header",
    [
        None, "", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "192.168.1.5:8787",
        "evil.example#@localhost", "user@localhost", "localhost:port", "localhost/", "[::1", "a" * 5_000,
        "127.0.0.1:8787, evil.example", "0.0.0.0:8787", "archive.example",
    ],
)  # fmt: skip
def test_any_other_name_is_refused(header: str | None) -> None:
    assert not LOCAL.knows_host(header)


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ("archive.example:8787", True),
        ("ARCHIVE.example", True),
        ("192.168.1.5:8787", True),
        ("[fe80::1]:80", True),
        ("evil.example", False),
    ],
)
def test_behind_a_password_addresses_and_given_names_are_known(header: str, *, known: bool) -> None:
    assert OPEN.knows_host(header) is known


def basic(password: str, user: str = "anyone") -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize(
    ("headers", "query", "admitted"),
    [
        ({}, "", False),
        (basic("right horse"), "", True),
        (basic("right horse", user=""), "", True),
        (basic("wrong horse"), "", False),
        (basic(""), "", False),
        ({"authorization": "Basic ###"}, "", False),
        ({"authorization": "Bearer right horse"}, "", False),
        ({}, "token=right+horse", True),
        ({}, "q=1&token=right%20horse", True),
        ({}, "token=wrong", False),
        ({}, "token=", False),
        ({"cookie": f"{COOKIE}={OPEN.cookie()}"}, "", True),
        ({"cookie": f"a=b; {COOKIE}={OPEN.cookie()}; c=d"}, "", True),
        ({"cookie": f"{COOKIE}=right horse"}, "", False),
        ({"cookie": f"{COOKIE}={Access(host='x', secret='other').cookie()}"}, "", False),
        ({"cookie": "\x00;;=" * 50}, "", False),
    ],
)
def test_the_secret_is_needed(headers: dict[str, str], query: str, *, admitted: bool) -> None:
    assert OPEN.admits(headers, query) is admitted


def test_without_a_secret_all_are_admitted_and_the_cookie_does_not_hold_it() -> None:
    assert LOCAL.admits({}, "")
    assert "right" not in OPEN.cookie()


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("192.168.1.5", False)],  # noqa: S104
)
def test_which_addresses_only_this_machine_reaches(host: str, *, loopback: bool) -> None:
    assert is_loopback(host) is loopback
