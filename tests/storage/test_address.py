"""Where an archive may be, and what is said of an address that is none."""

from pathlib import Path

import pytest

from crawler.errors import UsageError
from crawler.storage import S3Credentials, open_storage


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("a\0b", "empty"),
        ("s3://", "names no bucket"),
        ("s3:///prefix", "names no bucket"),
        ("s3:bucket", "folder path or s3://bucket/prefix"),
        ("S3://bucket", "folder path or s3://bucket/prefix"),
        ("http://localhost/bucket", "folder path or s3://bucket/prefix"),
        ("file:///archive", "folder path or s3://bucket/prefix"),
        ("s3://ab", "cannot be a bucket's name"),
        ("s3://Bucket", "cannot be a bucket's name"),
        ("s3://my_bucket", "cannot be a bucket's name"),
        ("s3://-bucket", "cannot be a bucket's name"),
        ("s3://a..b", "cannot be a bucket's name"),
        ("s3://127.0.0.1", "cannot be a bucket's name"),
        ("s3://bucket/../other", "cannot begin names"),
        ("s3://bucket/a//b", "cannot begin names"),
        ("s3://bucket/أخبار", "cannot begin names"),
        ("~no-such-user-here/archive", "no user"),
    ],
)
def test_addresses_that_are_none(address: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        open_storage(address)


def test_a_password_in_an_address_is_not_repeated() -> None:
    for address in ("s3://AKIA:wJalr@bucket/x", "https://AKIA:wJalr@host/x"):
        with pytest.raises(UsageError) as caught:
            open_storage(address)
        assert "wJalr" not in str(caught.value)


def test_a_file_is_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.touch()

    with pytest.raises(UsageError, match="is a file"):
        open_storage(str(path))


def test_opening_makes_nothing(tmp_path: Path) -> None:
    assert open_storage(str(tmp_path / "archive")).address == str(tmp_path / "archive")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("address", "shown"), [("s3://bucket", "s3://bucket"), ("s3://my.bucket/a/b/", "s3://my.bucket/a/b")]
)
def test_addresses_in_a_bucket(address: str, shown: str) -> None:
    credentials = S3Credentials(access_key="key", secret_key="secret", endpoint_url="http://127.0.0.1:9")

    assert open_storage(address, credentials=credentials).address == shown


def test_credentials_have_the_names_of_scrapy() -> None:
    settings = {
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_SECRET_ACCESS_KEY": "wJalr",
        "AWS_SESSION_TOKEN": "",
        "AWS_ENDPOINT_URL": "https://s3.example.org",
        "AWS_REGION_NAME": None,
    }

    credentials = S3Credentials.from_settings(settings)

    assert credentials == S3Credentials(
        access_key="AKIA", secret_key="wJalr", endpoint_url="https://s3.example.org"
    )
    assert "AKIA" not in repr(credentials)
    assert "wJalr" not in repr(credentials)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"AWS_ACCESS_KEY_ID": "AKIA"}, "without AWS_SECRET_ACCESS_KEY"),
        ({"AWS_SECRET_ACCESS_KEY": "wJalr"}, "without AWS_ACCESS_KEY_ID"),
        ({"AWS_SESSION_TOKEN": "token"}, "without AWS_ACCESS_KEY_ID"),
    ],
)
def test_half_a_key_is_refused(given: dict[str, str], missing: str) -> None:
    with pytest.raises(UsageError, match=missing):
        S3Credentials.from_settings(given)


@pytest.mark.parametrize(
    ("name", "value"), [("AWS_PROFILE", "no-such-profile"), ("AWS_ENDPOINT_URL", "not a url")]
)
def test_an_environment_without_meaning(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(UsageError, match="cannot be set up"):
        open_storage("s3://bucket")
