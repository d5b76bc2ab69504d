"""What a room refuses, and the headers on everything it answers."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browse.opened import Room, opened

PATHS = ("/", "/search?q=%D9%85%D9%8A%D8%A7%D9%87", "/gone", "/nothing/here", "/room.css", "/feed.atom")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_forbids_scripts_frames_and_other_origins(room: Room, path: str) -> None:
    headers = room.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_only_reading_is_answered(room: Room, method: str) -> None:
    answer = room.get("/", method=method)
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.headers["content-security-policy"]


def test_head_is_answered_without_a_body(room: Room) -> None:
    answer = room.get("/", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "192.168.0.7"])
def test_another_host_name_is_refused(room: Room, host: str) -> None:
    answer = room.get("/search?q=x", headers={"Host": host})
    assert answer.status == 421
    assert "Host" in answer.text
    assert "article" not in answer.text


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_loopback_names_are_answered(room: Room, name: str) -> None:
    port = urlsplit(room.base).port
    assert room.get("/", headers={"Host": f"{name}:{port}"}).status == 200


@pytest.mark.parametrize(
    "request_text",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"\x16\x03\x01\x00\xa5\x01\x00\x00",
        b"GET " + b"/a" * 200_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ],
)
def test_broken_requests_are_refused_and_the_room_goes_on(room: Room, request_text: bytes) -> None:
    parts = urlsplit(room.base)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30) as connection:
        connection.sendall(request_text)
        connection.shutdown(socket.SHUT_WR)
        status = connection.recv(64)
    assert status.split(b" ")[1:2] in ([b"400"], [b"421"], [b"414"])
    assert room.get("/about").status == 200


def test_an_address_that_is_too_long_is_one_sentence(room: Room) -> None:
    answer = room.get("/search?q=" + "%D8%A7" * 20_000)
    assert answer.status == 414
    assert answer.text.count("\n") == 1


def test_a_password_opens_the_room(demo_archive: Path, cache: Path, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("open sesame 1001\n")
    with opened(demo_archive, cache, "--host", "0.0.0.0", "--password-file", str(password)) as found:  # noqa: S104
        host = {"Host": f"127.0.0.1:{urlsplit(found.base).port}"}
        local = Room(f"http://127.0.0.1:{urlsplit(found.base).port}/", found.process)
        refused = local.get("/", headers=host)
        assert refused.status == 401
        assert refused.headers["www-authenticate"].startswith("Basic")
        assert "<html" not in refused.text
        right = "Basic " + "YW55OiBvcGVu"  # any:\x20open: another password
        assert local.get("/", headers={**host, "Authorization": right}).status == 401
        right = "Basic YTpvcGVuIHNlc2FtZSAxMDAx"
        answer = local.get("/", headers={**host, "Authorization": right})
        assert answer.status == 200
        assert answer.headers["cache-control"] == "no-store"


def test_a_token_opens_the_room_and_leaves_the_address(demo_archive: Path, cache: Path) -> None:
    with opened(demo_archive, cache, "--token") as found:
        query = urlsplit(found.address).query
        assert query.startswith("token=")
        assert found.get("/").status == 401
        moved = found.get(f"//evil.example/?{query}&q=1")
        assert moved.headers["location"] == "/evil.example/?q=1"
        moved = found.get(f"/search?{query}&q=1")
        assert moved.status == 303
        assert moved.headers["location"] == "/search?q=1"
        cookie = moved.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert query.partition("=")[2] not in cookie
        assert found.get("/", headers={"Cookie": cookie.partition(";")[0]}).status == 200
