"""The notices by webhook and e-mail: their content, their recipients, and those that cannot be delivered."""

import json
import socket
from email import message_from_string
from email.policy import default

import pytest

from crawler.errors import UsageError
from crawler.health import Facts, judge
from crawler.health.mail import MailServer, email_of, send
from crawler.health.notice import Announcement
from crawler.health.site_state import SiteState
from crawler.health.webhook import NoticeError, checked_webhook, payload, post
from tests.health.listening import LoopbackMail, web_server
from tests.health.records import record

SICK = record(reason="shutdown")
FAILED = [verdict for verdict in judge(Facts(run=SICK, before=())) if verdict.failed]
ILL = Announcement(
    news="changed",
    state=SiteState(site="barada", condition="doubtful", cause="cut-short", since=SICK.began),
)
MAIL = {
    "MAIL_HOST": "127.0.0.1",
    "MAIL_FROM": "warraq@example.org",
    "MAIL_USER": None,
    "MAIL_TLS": False,
    "MAIL_SSL": False,
}


def test_a_notice_names_the_run_and_the_failed_checks() -> None:
    body = payload(SICK, FAILED, "s3://bucket/news", ILL)
    assert json.loads(json.dumps(body)) == body
    assert (body["site"], body["run_id"], body["archive"]) == ("barada", SICK.run_id, "s3://bucket/news")
    [check] = body["failed_checks"]
    assert check["check"] == "finish"
    assert check["sentence"] in body["text"]
    assert check["sentence_ar"] == FAILED[0].sentence_ar
    assert body["text"].startswith("Warraq: barada is doubtful since 2026-05-10 12:00 UTC: the crawl ended")
    assert (body["news"], body["state"], body["cause"]) == ("changed", "doubtful", "cut-short")
    assert body["sentence_ar"] != body["sentence"]


def test_a_notice_is_posted_once_as_json() -> None:
    with web_server() as server:
        post(f"http://127.0.0.1:{server.port}/hook?key=1", payload(SICK, FAILED, "archive", ILL))
    assert server.paths == ["/hook?key=1"]
    assert server.heard[0]["failed_checks"][0]["check"] == "finish"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_notice_follows_no_redirect(status: int) -> None:
    with web_server() as other:
        elsewhere = {"Location": f"http://127.0.0.1:{other.port}/"}
        with web_server(status, elsewhere) as server, pytest.raises(NoticeError, match=str(status)):
            post(f"http://127.0.0.1:{server.port}/secret-key", {})
    assert other.paths == []


def test_the_error_does_not_repeat_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NoticeError) as raised:
        post(f"http://127.0.0.1:{port}/secret-key", {})
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://",
        "https://user:word@example.org/",
        "example.org/hook",
        "http://example.org/\r\nX: y",
        "http://exa mple.org/",
        "http://[",
    ],
)
def test_wrong_webhook_addresses_are_refused(url: str) -> None:
    with pytest.raises(UsageError) as raised:
        checked_webhook(url)
    assert url not in str(raised.value)


@pytest.mark.parametrize("url", [None, ""])
def test_an_empty_address_is_no_webhook(url: str | None) -> None:
    assert checked_webhook(url) is None


def test_an_email_reaches_the_server_for_all_recipients() -> None:
    with LoopbackMail() as listening:
        server = MailServer.of({**MAIL, "MAIL_PORT": listening.port}, ["a@example.org", "b@example.org"])
        assert server is not None
        send(email_of(SICK, FAILED, "archive", ILL, server), server)
    email = message_from_string(listening.messages[0], policy=default)
    text = email.get_content()
    assert email["To"] == "a@example.org, b@example.org"
    assert "finish: The crawl ended before its end: shutdown." in text
    assert FAILED[0].sentence_ar in text
    assert f"runs/{SICK.run_id}/report.html" in text


def test_an_email_that_cannot_be_sent_raises() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    server = MailServer.of({**MAIL, "MAIL_PORT": port}, ["a@example.org"])
    assert server is not None
    with pytest.raises(NoticeError, match=r"127\.0\.0\.1"):
        send(email_of(SICK, FAILED, "archive", ILL, server), server)


@pytest.mark.parametrize("to", ["absent", "a@b@c", "a@example.org\nBcc: b@example.org", ""])
def test_wrong_mail_addresses_are_refused(to: str) -> None:
    with pytest.raises(UsageError):
        MailServer.of({**MAIL, "MAIL_PORT": 25}, [to])


def test_no_recipient_is_no_mail_server() -> None:
    assert MailServer.of({**MAIL, "MAIL_PORT": 25}, []) is None
