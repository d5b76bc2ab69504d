"""Connections by TLS, CONNECT_TO and proxies, refused connections, and many connections at once."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
import trustme

from tests.archive.reading import Record, whole_gzip
from tests.capture.answers import HTML, PAGE, SCRIPT, chunked, sized
from tests.capture.running import Crawled, crawl, run_crawl
from tests.servers.raw import Answer, ConnectProxy, Heard, RawServer

NEWS = "xn--4gbrim.xn--wgbh1c"  # موقع.مصر
MANY = 400


@dataclass
class Web:
    plain: RawServer
    inside: RawServer  # in a private network: no request may reach it
    secure: RawServer
    secure_12: RawServer
    forwarding: RawServer  # a plain proxy that answers by itself
    tunnel: ConnectProxy
    names: list[str | None]  # that TLS clients asked for


def tls_context(names: list[str | None], *, highest: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("news.example").configure_cert(context)
    context.maximum_version = highest

    def note(_connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> int | None:
        names.append(name)
        return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME if name == "broken.example" else None

    context.sni_callback = note
    return context


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    names: list[str | None] = []
    with ExitStack() as stack:
        inside = stack.enter_context(RawServer(SCRIPT))
        trap = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/secret\r\n\r\n" % inside.port
        secure = RawServer(SCRIPT, tls=tls_context(names, highest=ssl.TLSVersion.TLSv1_3))
        secure_12 = RawServer(SCRIPT, tls=tls_context(names, highest=ssl.TLSVersion.TLSv1_2))
        stack.enter_context(secure)
        yield Web(
            plain=stack.enter_context(RawServer({**SCRIPT, "/to-private": Answer(trap, close=True)})),
            inside=inside,
            secure=secure,
            secure_12=stack.enter_context(secure_12),
            forwarding=stack.enter_context(RawServer(SCRIPT)),
            tunnel=stack.enter_context(ConnectProxy(secure.port)),
            names=names,
        )


@pytest.fixture(scope="module")
def crawled(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    proxy = {"proxy": f"http://user:word@127.0.0.1:{web.forwarding.port}"}
    tunnel = {"proxy": f"http://user:word@127.0.0.1:{web.tunnel.port}"}
    return crawl(
        tmp_path_factory.mktemp("routes"),
        [
            {"url": "https://news.example/odd"},
            {"url": "https://old.example/odd"},
            {"url": "http://news.example:8080/chunked-gzip"},
            {"url": f"http://{NEWS}/keeps"},
            {"url": "http://news.example:8080/to-private"},
            {"url": f"http://127.0.0.1:{web.inside.port}/private"},
            {"url": f"http://localhost:{web.inside.port}/named"},
            {"url": f"https://[::ffff:127.0.0.1]:{web.inside.port}/mapped"},
            {"url": "http://nowhere.invalid/no-name"},
            {"url": "http://refusing.example/refused"},
            {"url": "https://broken.example/no-handshake"},
            {"url": "http://far.example/no-reason", "meta": proxy},
            {"url": "https://far.example/empty", "meta": tunnel},
        ],
        CONCURRENT_REQUESTS=1,
        RETRY_ENABLED=False,
        CONNECT_TO=[
            f"news.example:443:127.0.0.1:{web.secure.port}",
            f"old.example::127.0.0.1:{web.secure_12.port}",
            f"news.example:8080:127.0.0.1:{web.plain.port}",
            f"موقع.مصر::127.0.0.1:{web.plain.port}",
            "refusing.example::127.0.0.1:1",
            f"broken.example::127.0.0.1:{web.secure.port}",
        ],
    )


def exchange(crawled: Crawled, path: str) -> tuple[Record, Record]:
    (response,) = crawled.of("response", path)
    (request,) = crawled.of("request", path)
    return response, request


@pytest.mark.parametrize(
    ("uri", "server", "tls", "suite"),
    [
        ("https://news.example/odd", "secure", "tls/1.3", "TLS_AES_256_GCM_SHA384"),
        ("https://old.example/odd", "secure_12", "tls/1.2", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    ],
)
def test_tls(crawled: Crawled, web: Web, uri: str, server: str, tls: str, suite: str) -> None:
    (heard,) = getattr(web, server).heard[:1]
    (response, request, _) = [r for r in crawled.records if r.value("WARC-Target-URI") == uri]
    assert response.block == bytes(heard.sent)
    assert request.block == heard.request
    assert response.values("WARC-Protocol") == request.values("WARC-Protocol") == ["http/1.1", tls]
    assert response.value("WARC-Cipher-Suite") == suite
    assert response.value("WARC-IP-Address") == "127.0.0.1"


def test_a_detour_keeps_the_names(crawled: Crawled, web: Web) -> None:
    assert web.names[:2] == ["news.example", "old.example"]
    assert b"\r\nHost: news.example\r\n" in web.secure.heard[0].request
    lines = {line for heard in web.plain.heard for line in heard.request.split(b"\r\n")}
    hosts = {line for line in lines if line.startswith(b"Host:")}
    assert hosts == {b"Host: news.example:8080", b"Host: " + NEWS.encode()}
    response, _ = exchange(crawled, "/keeps")
    assert response.value("WARC-Target-URI") == f"http://{NEWS}/keeps"


@pytest.mark.parametrize("path", ["/private", "/named", "/mapped", "/secret"])
def test_no_private_address_is_reached(crawled: Crawled, web: Web, path: str) -> None:
    outcome = crawled.outcome(path)
    assert outcome["error"] == "PrivateAddressError"
    assert set(outcome["record"]) == {"date"}
    (metadata,) = [r for r in crawled.records if r.path == path]
    assert metadata.kind == "metadata"
    assert b"not an address of the public internet" in metadata.block
    assert not web.inside.heard


def test_refusals_are_counted(crawled: Crawled) -> None:
    assert crawled.stats["capture/refused_private"] == 4
    assert crawled.log.count("is not an address of the public internet") >= 4


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/no-name", "CannotResolveHostError"),
        ("/refused", "DownloadConnectionRefusedError"),
        ("/no-handshake", "DownloadFailedError"),
    ],
)
def test_without_a_connection_no_request_is_recorded(crawled: Crawled, path: str, error: str) -> None:
    assert crawled.outcome(path)["error"] == error
    (metadata,) = [r for r in crawled.records if r.path == path]
    assert metadata.kind == "metadata"
    assert f"error: {error}: ".encode() in metadata.block


def test_a_plain_proxy(crawled: Crawled, web: Web) -> None:
    response, request = exchange(crawled, "/no-reason")
    (heard,) = web.forwarding.heard
    assert heard.request.startswith(b"GET http://far.example/no-reason HTTP/1.1\r\n")
    assert b"\r\nProxy-Authorization: Basic " in heard.request
    assert response.block == bytes(heard.sent)
    lines = [line for line in heard.request.split(b"\r\n") if not line.startswith(b"Proxy-Authorization")]
    assert request.block == b"\r\n".join(lines)
    assert request.value("Warraq-Redacted-Headers") == "proxy-authorization"
    assert response.value("WARC-IP-Address") is None  # it would be the proxy's


def test_a_tunnel(crawled: Crawled, web: Web) -> None:
    response, request = exchange(crawled, "/empty")
    (heard,) = web.secure.sent_to("/empty")
    assert web.tunnel.asked[0].startswith(b"CONNECT far.example:443 HTTP/1.1\r\n")
    assert request.block == heard.request
    assert response.block == bytes(heard.sent)
    assert response.values("WARC-Protocol") == ["http/1.1", "tls/1.3"]
    assert response.value("WARC-IP-Address") is None
    (metadata,) = crawled.of("metadata", "/empty")
    assert b"proxied: yes\r\n" in metadata.block
    assert b"Basic " not in whole_gzip(crawled.warc)


def numbered(heard: Heard) -> Answer:
    number = heard.target.rpartition("/")[2].encode()
    body = number + b":" + PAGE[: 997 * int(number) % len(PAGE)]
    if int(number) % 3:
        return Answer(sized(body, HTML)[:40], sized(body, HTML)[40:])
    return Answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunked(body, (1_000, 77)))


def test_many_requests_at_once_are_kept_apart(tmp_path: Path) -> None:
    with RawServer(numbered) as server:
        crawled = crawl(
            tmp_path,
            [{"url": f"http://127.0.0.1:{server.port}/{number}"} for number in range(MANY)],
            PRIVATE_HOSTS=["127.0.0.1"],
            CONCURRENT_REQUESTS=32,
            CONCURRENT_REQUESTS_PER_DOMAIN=32,
        )
        kept = {r.path: r.block for r in crawled.records if r.kind == "response"}
        assert kept == {heard.target: bytes(heard.sent) for heard in server.heard}
        assert len(kept) == MANY
        assert 1 < server.connections <= 32


def test_a_full_disk_ends_the_crawl(tmp_path: Path) -> None:
    noise = Random(1).randbytes(20_000)  # noqa: S311  # nothing secret: bytes that do not compress
    with RawServer({"/small": Answer(sized(b"ok")), "/large": Answer(sized(noise))}) as server:
        home = f"http://127.0.0.1:{server.port}"
        paths = ["/small", "/large", *["/small"] * 50]
        crawled = crawl(
            tmp_path,
            [{"url": home + path} for path in paths],
            file_size_limit=4_000,
            PRIVATE_HOSTS=["127.0.0.1"],
            CONCURRENT_REQUESTS=1,
        )
    assert crawled.stats["finish_reason"] == "archive_failed"
    assert [o.get("error") for o in crawled.outcomes[:2]] == [None, "ArchiveError"]
    assert len(crawled.outcomes) < len(paths)
    assert crawled.log.count("The archive cannot be written") == 1
    assert "Traceback" not in crawled.log.partition("Closing spider")[2]
    whole_gzip(crawled.warc)  # the torn record was cut off
    assert [r.path for r in crawled.records if r.kind == "response"] == ["/small"]


def test_pages_are_downloaded_without_a_run(tmp_path: Path) -> None:
    with RawServer(SCRIPT) as server:
        url = f"http://127.0.0.1:{server.port}/keeps"
        left, log = run_crawl(tmp_path, [{"url": url}] * 2, EXTENSIONS={}, PRIVATE_HOSTS=["127.0.0.1"])
    assert [(outcome["status"], outcome["record"]) for outcome in left["outcomes"]] == [(200, None)] * 2
    assert log.count("nothing is archived") == 1
    assert not list(tmp_path.rglob("*.warc.gz*"))
