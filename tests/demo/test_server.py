"""The server over real sockets: routing by Host, connections, odd targets, TLS, an orderly end."""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
import trustme

from crawler.demo.connection import LOOPBACK
from crawler.demo.outlets import OUTLETS
from crawler.demo.server import Newsstand, Served, serve
from tests.demo.asking import connected, exchange, get


def raw(port: int, request: bytes) -> bytes:
    with socket.create_connection((LOOPBACK, port), timeout=10) as connection:
        connection.sendall(request)
        with suppress(OSError):  # the server may have closed the connection already
            connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as stream:
            return stream.read()


def test_papers_share_a_port_and_are_told_apart_by_host(stand: Newsstand) -> None:
    for outlet, address in zip(stand.outlets, stand.addresses(), strict=True):
        assert address == f"http://{outlet.host}/"
        assert outlet.name_ar in get(stand, address).body.decode()
    assert stand.connect_to() == [f"{outlet.host}:80:127.0.0.1:{stand.port}" for outlet in stand.outlets]
    assert stand.own_addresses() == []
    assert stand.requests[0] == Served(host="barada.example", method="GET", target="/", status=200)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("BARADA.example:80", 200),
        ("other.example", 421),
        ("", 400),
        ('"><script>', 400),
        ("barada.example/x", 400),
        ("barada.example:port", 400),
    ],
)
def test_hosts(stand: Newsstand, host: str, status: int) -> None:
    with connected(stand.port) as connection:
        assert exchange(connection, host, "/").status == status


def test_a_port_of_its_own_answers_under_any_host_and_links_to_it() -> None:
    with serve(OUTLETS.values(), own_ports=True) as stand:
        homes = stand.own_addresses()
        assert len(homes) == len(OUTLETS)
        for outlet, home in zip(stand.outlets, homes, strict=True):
            authority = urlsplit(home).netloc
            with connected(int(authority.partition(":")[2])) as connection:
                body = exchange(connection, authority, "/").body.decode()
                story = outlet.url(outlet.stories[0], home.rstrip("/"))
                answer = exchange(connection, authority, urlsplit(story).path)
            assert outlet.name_ar in body
            assert outlet.host not in body
            assert outlet.host.encode() not in answer.body


def test_a_connection_is_kept_and_closed_when_asked(stand: Newsstand) -> None:
    with connected(stand.port) as connection:
        exchange(connection, "wadi.example", "/")
        first = connection.sock
        assert first is not None
        exchange(connection, "nakhla.example", "/archives/5001/")
        assert connection.sock is first
        assert exchange(connection, "wadi.example", "/", Connection="close").headers["connection"] == "close"
        assert connection.sock is None


def test_a_raw_arabic_address_is_the_same_as_the_encoded_one(stand: Newsstand) -> None:
    path = urlsplit(OUTLETS["wadi"].article_urls()[0]).path
    encoded = raw(stand.port, f"GET {path} HTTP/1.0\r\nHost: wadi.example\r\n\r\n".encode())
    lower = raw(stand.port, f"GET {path.lower()} HTTP/1.0\r\nHost: wadi.example\r\n\r\n".encode())
    plain = raw(stand.port, f"GET {unquote(path)} HTTP/1.0\r\nHost: wadi.example\r\n\r\n".encode())
    assert encoded.startswith(b"HTTP/1.1 200 OK\r\n")
    bodies = {answer.partition(b"\r\n\r\n")[2] for answer in (encoded, lower, plain)}
    assert len(bodies) == 1


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /%FF HTTP/1.1\r\nHost: wadi.example\r\nConnection: close\r\n\r\n", 400),
        (b"GET /?" + b"a=1&" * 60 + b" HTTP/1.1\r\nHost: wadi.example\r\nConnection: close\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: wadi.example\r\nContent-Length: 2\r\n\r\nhi", 405),
        (b"GET / HTTP/9\r\n\r\n", 400),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 120 + b"\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET /archives/5001/ HTTP/1.0\r\nHost: nakhla.example\r\n\r\n", 200),
    ],
    ids=["not-utf8", "many-fields", "post", "version", "long-line", "many-headers", "no-host", "http-1.0"],
)
def test_odd_requests(stand: Newsstand, request_bytes: bytes, status: int) -> None:
    answer = raw(stand.port, request_bytes)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"\r\nTransfer-Encoding" not in answer


def test_nothing_asked_nothing_answered(stand: Newsstand) -> None:
    assert raw(stand.port, b"") == b""
    assert stand.requests == []


def test_the_same_bytes_on_every_start() -> None:
    def everything() -> list[tuple[int, list[tuple[str, str]], bytes]]:
        with serve(OUTLETS.values()) as stand:
            answers = [
                get(stand, url, Accept_Encoding="gzip")
                for outlet in OUTLETS.values()
                for url in (outlet.home, f"{outlet.home}feed/", f"{outlet.home}rss", *outlet.article_urls())
            ]
        return [
            (answer.status, sorted(pair for pair in answer.headers.items() if pair[0] != "date"), answer.body)
            for answer in answers
        ]

    assert everything() == everything()


def test_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("barada.example")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    certificate.private_key_pem.write_to_path(str(key))
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(str(chain), append=True)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with serve(OUTLETS.values(), tls=(chain, key)) as stand:
        assert stand.addresses()[0] == "https://barada.example/"
        assert stand.connect_to()[0] == f"barada.example:443:127.0.0.1:{stand.port}"
        with (
            socket.create_connection((LOOPBACK, stand.port), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname="barada.example") as secure,
        ):
            secure.sendall(b"GET / HTTP/1.0\r\nHost: barada.example\r\n\r\n")
            with secure.makefile("rb") as stream:
                answer = stream.read()
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b'href="https://barada.example/category/local/"' in answer
        assert b"http://barada.example" not in answer
        assert raw(stand.port, b"GET / HTTP/1.0\r\nHost: barada.example\r\n\r\n")[:4] != b"HTTP"


def test_the_end_leaves_nothing_behind() -> None:
    before = threading.active_count()
    with serve(OUTLETS.values(), own_ports=True) as stand:
        port = stand.port
        idle = socket.create_connection((LOOPBACK, port), timeout=10)
        kept = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
        exchange(kept, "barada.example", quote("/about/"))
        stand.stop()
        assert idle.recv(1) == b""
    idle.close()
    kept.close()
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((LOOPBACK, port), timeout=10)


def test_a_taken_port_is_an_error(stand: Newsstand) -> None:
    with pytest.raises(OSError, match="in use"), serve(OUTLETS.values(), port=stand.port):
        pytest.fail("two servers on one port")
