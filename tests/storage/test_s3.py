"""S3 servers that refuse, fail or lie, and what is said and done then."""

import hashlib
import io
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from crawler.errors import ArchiveError
from crawler.storage import S3Credentials, Storage, UnavailableError, open_storage
from crawler.storage.s3 import S3Storage
from crawler.storage.s3_upload import Upload
from tests.servers.swift import Swift
from tests.storage.conftest import Sample, credentials
from tests.storage.lying_server import LyingServer, lying_server

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

KEY = "warc/sana/2026/11/x.warc.gz"
NAME = "/archive/press/" + KEY  # as the server sees it


def at(server: LyingServer) -> Storage:
    given = S3Credentials(access_key="key", secret_key="secret", endpoint_url=server.endpoint_url, region="x")
    return open_storage("s3://archive/press", credentials=given)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"access_key": "test:absent"}, "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        ({"secret_key": "wrong"}, "refuses the signature; check AWS_ACCESS_KEY_ID"),
        ({"endpoint_url": "http://127.0.0.1:9"}, "no answer .*check AWS_ENDPOINT_URL"),
    ],
)
def test_access_that_is_refused(swift: Swift, bucket: str, changes: dict[str, str], said: str) -> None:
    storage = open_storage(f"s3://{bucket}", credentials=credentials(swift, **changes))

    with pytest.raises(ArchiveError, match=said) as caught:
        storage.check()

    assert "\n" not in str(caught.value)
    assert swift.secret_key not in str(caught.value)


def test_a_bucket_that_is_not_there(swift: Swift) -> None:
    storage = open_storage("s3://no-such-bucket/press", credentials=credentials(swift))

    with pytest.raises(ArchiveError, match="no such bucket"):
        storage.check()
    with pytest.raises(ArchiveError, match="no such bucket"):
        next(storage.list())


def test_a_certificate_that_nobody_vouches_for(swift_tls: tuple[Swift, Path], bucket: str) -> None:
    storage = open_storage(f"s3://{bucket}", credentials=credentials(swift_tls[0]))

    with pytest.raises(ArchiveError, match="AWS_CA_BUNDLE"):
        storage.check()


def test_credentials_from_the_environment(swift: Swift, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", swift.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", swift.secret_key)
    monkeypatch.setenv("AWS_ENDPOINT_URL", swift.endpoint_url)

    open_storage(f"s3://{bucket}").check()


def test_no_credentials_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))

    with pytest.raises(ArchiveError, match="no S3 credentials; set AWS_ACCESS_KEY_ID"):
        open_storage("s3://bucket", credentials=S3Credentials(endpoint_url="http://127.0.0.1:9")).check()


def test_the_server_itself_refuses_other_bytes(swift: Swift, bucket: str, swift_client: "S3Client") -> None:
    """The checksum of the whole file travels with it: damage on the way is found at the other end."""
    storage = open_storage(f"s3://{bucket}", credentials=credentials(swift))
    assert isinstance(storage, S3Storage)
    wrong = hashlib.sha256(b"as it was").hexdigest()

    with pytest.raises(ClientError, match="BadDigest"):
        storage._uploader.send(Upload("x", lambda: io.BytesIO(b"as it came"), wrong, once=True))

    assert "Contents" not in swift_client.list_objects_v2(Bucket=bucket)


def test_what_an_object_says_of_itself(
    swift: Swift, bucket: str, swift_client: "S3Client", sample: Sample
) -> None:
    path, digest = sample(b"WARC/1.1")
    open_storage(f"s3://{bucket}/press", credentials=credentials(swift)).put(KEY, path, digest)

    head = swift_client.head_object(Bucket=bucket, Key=f"press/{KEY}")

    assert head["ContentType"] == "application/warc"
    assert head["Metadata"] == {"sha256": digest}
    assert "ContentEncoding" not in head


def test_secrets_stay_out_of_the_log(
    swift: Swift, bucket: str, sample: Sample, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    given = credentials(swift, session_token="the-session-token")

    open_storage(f"s3://{bucket}", credentials=given).put(KEY, *sample(b"x"))

    for secret in (swift.secret_key, "the-session-token", "Signature="):
        assert secret not in caplog.text


@pytest.mark.parametrize("fault", ["damages", "drops"])
def test_a_yes_is_not_believed(sample: Sample, fault: str) -> None:
    with lying_server(fault) as server, pytest.raises(UnavailableError):
        at(server).put(KEY, *sample(b"as it was"))


def test_a_damaged_object_makes_room_for_the_next_attempt(sample: Sample) -> None:
    path, digest = sample(b"as it was")
    with lying_server("damages-once") as server:
        with pytest.raises(UnavailableError, match="other bytes came back"):
            at(server).put(KEY, path, digest)
        assert server.objects == {}

        assert at(server).put(KEY, path, digest).sha256 == digest
        assert server.objects == {NAME: b"as it was"}


def test_a_damaged_object_that_cannot_be_removed_is_told(sample: Sample) -> None:
    with (
        lying_server("damages", "refuses-deletes") as server,
        pytest.raises(ArchiveError, match="cannot be removed"),
    ):
        at(server).put(KEY, *sample(b"as it was"))


@pytest.mark.parametrize(
    ("faults", "carried", "warned"),
    [
        ((), {"if-none-match", "x-amz-checksum-sha256"}, ()),
        (("knows-no-condition",), {"x-amz-checksum-sha256"}, ("If-None-Match",)),
        (("knows-no-checksum",), {"if-none-match"}, ("x-amz-checksum-sha256",)),
        (("knows-no-condition", "knows-no-checksum"), set(), ("If-None-Match", "x-amz-checksum-sha256")),
    ],
)
def test_guards_that_a_server_does_not_know(
    sample: Sample,
    caplog: pytest.LogCaptureFixture,
    faults: tuple[str, ...],
    carried: set[str],
    warned: tuple[str, ...],
) -> None:
    first, second = sample(b"as it was"), sample(b"another")
    with lying_server(*faults) as server:
        storage = at(server)
        storage.put(KEY, *first)
        assert server.objects == {NAME: b"as it was"}
        with pytest.raises(ArchiveError, match="already holds other bytes"):
            storage.put(KEY, *second)
        assert server.objects == {NAME: b"as it was"}
        storage.put("warc/y", *second)
        uploads = [guards for method, guards in server.requests if method == "PUT"]

    assert uploads[-1] == carried
    assert [word for word in ("If-None-Match", "x-amz-checksum-sha256") if word in caplog.text] == list(
        warned
    )
    assert len(caplog.records) == len(warned), "said once, not at each file"


def test_a_server_that_ignores_conditions_is_asked_first(sample: Sample) -> None:
    with lying_server("ignores-conditions") as server:
        storage = at(server)
        storage.put(KEY, *sample(b"as it was"))

        with pytest.raises(ArchiveError, match="already holds other bytes"):
            storage.put(KEY, *sample(b"another"))
        assert server.objects == {NAME: b"as it was"}


def test_a_writer_that_may_not_list_will_do(sample: Sample) -> None:
    with lying_server("hides-what-is-missing") as server:
        storage = at(server)
        storage.put(KEY, *sample(b"as it was"))

        with pytest.raises(ArchiveError, match="already holds other bytes"):
            storage.put(KEY, *sample(b"another"))


def test_two_writers_at_the_same_instant(sample: Sample) -> None:
    """The name is free when asked and taken when written: If-None-Match decides."""
    with lying_server("hides-what-is-there-once") as server:
        server.objects[NAME] = b"as it was"

        with pytest.raises(ArchiveError, match="already holds other bytes"):
            at(server).put(KEY, *sample(b"another"))
        assert server.objects == {NAME: b"as it was"}


def test_an_answer_that_breaks_off(sample: Sample) -> None:
    with lying_server() as server:
        storage = at(server)
        storage.put(KEY, *sample(b"0123456789" * 1000))
        server.faults.add("breaks-off")

        with pytest.raises(UnavailableError), storage.open(KEY) as stream:
            stream.read()


def test_a_server_without_ranges(sample: Sample) -> None:
    with lying_server("ignores-ranges") as server:
        storage = at(server)
        storage.put(KEY, *sample(b"0123456789"))

        with pytest.raises(ArchiveError, match="ignores ranges"):
            storage.open(KEY, 3, 2)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("is-full", "the storage is full; free space"),
        ("is-in-another-region", "another region; correct AWS_REGION_NAME"),
        ("damages", "returns other bytes than it was given"),
        ("drops", "cannot be read: there is no such file"),
        ("breaks-off", "cannot be read"),
    ],
)
def test_a_check_finds(fault: str, said: str) -> None:
    with lying_server(fault) as server, pytest.raises(ArchiveError, match=said):
        at(server).check()


def test_a_writer_that_may_not_delete_will_do(caplog: pytest.LogCaptureFixture) -> None:
    with lying_server("refuses-deletes") as server:
        at(server).check()

    assert "may not delete" in caplog.text


def test_a_file_too_large_for_one_piece(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.storage.s3._MAX_BYTES", 4)
    with lying_server() as server, pytest.raises(ArchiveError, match="takes at most 4 in one piece"):
        at(server).put(KEY, *sample(b"12345"))
