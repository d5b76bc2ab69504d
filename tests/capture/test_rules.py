"""The pure functions of capture, each with a table of cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.core.downloader import Downloader
from scrapy.core.downloader.handlers import http11
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from scrapy.http import Response
from twisted.web import _newclient, client

from crawler.capture.connect_to import parse_connect_to
from crawler.capture.contract import check_contract
from crawler.capture.outcome import truncation
from crawler.capture.peers import iana_suite, is_public, version_name
from crawler.capture.wiretap import Leg
from crawler.errors import ArchiveError, UsageError


@pytest.mark.parametrize(
    ("entries", "host", "port", "target"),
    [
        ([], "a.example", 80, None),
        (["a.example:443:127.0.0.1:8443"], "a.example", 443, ("127.0.0.1", 8443)),
        (["a.example:443:127.0.0.1:8443"], "A.example", 443, ("127.0.0.1", 8443)),
        (["a.example:443:127.0.0.1:8443"], "a.example", 80, None),
        (["a.example:443:127.0.0.1:8443"], "b.example", 443, None),
        (["a.example::127.0.0.1:8443"], "a.example", 80, ("127.0.0.1", 8443)),
        (["::127.0.0.1:8443"], "any.example", 80, ("127.0.0.1", 8443)),
        (["a.example:80::8080"], "a.example", 80, ("a.example", 8080)),
        (["a.example:80:b.example:"], "a.example", 80, ("b.example", 80)),
        (["a.example::[::1]:8080"], "a.example", 80, ("::1", 8080)),
        (["[::1]:80:c.example:8080"], "::1", 80, ("c.example", 8080)),
        (["موقع.مصر::127.0.0.1:1"], "xn--4gbrim.xn--wgbh1c", 80, ("127.0.0.1", 1)),
        (["xn--4gbrim.xn--wgbh1c::127.0.0.1:1"], "xn--4gbrim.xn--wgbh1c", 80, ("127.0.0.1", 1)),
        (["a.example:80:x:1", "a.example::y:2"], "a.example", 81, ("y", 2)),
        (["a.example::x:1", "a.example:80:y:2"], "a.example", 80, ("x", 1)),
    ],
)
def test_detours(entries: list[str], host: str, port: int, target: tuple[str, int] | None) -> None:
    assert parse_connect_to(entries).target(host, port) == target


@pytest.mark.parametrize(
    "entry",
    [
        "",
        ":::",
        "a",
        "a:1",
        "a:1:b",
        "a:1:b:2:c",
        "a:x:b:2",
        "a:0:b:2",
        "a:1:b:70000",
        "a b:1:c:2",
        "::1:80:a:1",
    ],
)
def test_malformed_connect_to_entries_are_refused(entry: str) -> None:
    with pytest.raises(UsageError, match="CONNECT_TO"):
        parse_connect_to([entry])


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        parse_connect_to([text]).target("a.example", 80)
    except UsageError as error:
        assert "CONNECT_TO" in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("192.0.2.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:7f00:1::", False),
        ("2001:db8::1", False),
    ],
)
def test_public_addresses(address: str, *, public: bool) -> None:
    assert is_public(address) == public


@pytest.mark.parametrize(
    ("openssl", "iana"),
    [  # as `openssl ciphers -stdname` pairs them
        ("TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"),
        ("ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
        ("ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
        ("DHE-RSA-AES128-CCM8", "TLS_DHE_RSA_WITH_AES_128_CCM_8"),
        ("ECDHE-ECDSA-AES256-CCM", "TLS_ECDHE_ECDSA_WITH_AES_256_CCM"),
        ("ECDHE-RSA-AES256-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
        ("DHE-DSS-CAMELLIA128-SHA", "TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA"),
        ("AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"),
        ("AES256-GCM-SHA384", "TLS_RSA_WITH_AES_256_GCM_SHA384"),
        ("ECDHE-ARIA256-GCM-SHA384", None),
        (None, None),
    ],
)
def test_cipher_suites(openssl: str | None, iana: str | None) -> None:
    assert iana_suite(openssl) == iana


@pytest.mark.parametrize(("openssl", "name"), [("TLSv1.3", "tls/1.3"), ("TLSv1", "tls/1.0")])
def test_tls_versions(openssl: str, name: str) -> None:
    assert version_name(openssl) == name


@pytest.mark.parametrize(
    ("leg", "error", "truncated"),
    [
        (Leg(response=bytearray(b"x")), DownloadTimeoutError(), "time"),
        (Leg(response=bytearray(b"x"), complete=True), DownloadCancelledError(), None),
        # a body without a length ends with the connection, on either side
        (Leg(response=bytearray(b"x"), complete=True, by_closing=True), DownloadCancelledError(), "length"),
        (Leg(response=bytearray(b"x"), complete=True, by_closing=True), None, None),
        (Leg(), DownloadTimeoutError(), None),
    ],
)
def test_truncation(leg: Leg, error: Exception | None, truncated: str | None) -> None:
    response = Response("http://a.example/") if error is None else None
    assert truncation(leg, response, error) == truncated


def test_the_installed_releases_keep_the_contract() -> None:
    check_contract.cache_clear()
    check_contract()


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (client.HTTPConnectionPool, "_newConnection"),
        (client.Agent, "request"),
        (_newclient.HTTP11ClientProtocol, "request"),
        (http11.HTTP11DownloadHandler, "download_request"),
        (http11, "_TunnelingAgent"),
        (Downloader, "_process_queue"),
    ],
)
def test_a_moved_name_is_noticed(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> None:
    def other(*_arguments: object) -> None:
        """Another function under the same name."""

    monkeypatch.setattr(owner, name, other)
    check_contract.cache_clear()
    with pytest.raises(ArchiveError, match=f"{name}.* no longer contains"):
        check_contract()


def test_a_lost_name_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(http11, "_BindAddressAgent")
    check_contract.cache_clear()
    with pytest.raises(ArchiveError, match="no longer contains"):
        check_contract()
