"""The three places that the one contract is held against, and files to put there."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.storage import S3Credentials, Storage, open_storage
from tests.servers.localstack import LocalStack
from tests.servers.swift import Swift

Sample = Callable[[bytes], tuple[Path, str]]


def credentials(server: Swift | LocalStack, **changes: str) -> S3Credentials:
    given = {
        "access_key": server.access_key,
        "secret_key": server.secret_key,
        "endpoint_url": server.endpoint_url,
        "region": server.region,
    }
    return S3Credentials(**(given | changes))


@pytest.fixture(params=["folder", "swift", "swift behind TLS"])
def storage(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Storage]:
    """An empty archive of each kind."""
    if request.param == "folder":
        yield open_storage(str(tmp_path / "archive"))
        return
    server: Swift
    if request.param == "swift":
        server = request.getfixturevalue("swift")
    else:
        server, ca_bundle = request.getfixturevalue("swift_tls")
        monkeypatch.setenv("AWS_CA_BUNDLE", str(ca_bundle))
    yield open_storage(f"s3://{request.getfixturevalue('bucket')}/press", credentials=credentials(server))


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """Make a file of these bytes; its path and SHA-256."""

    def make(content: bytes) -> tuple[Path, str]:
        digest = hashlib.sha256(content).hexdigest()
        path = tmp_path / f"sample-{digest[:16]}"
        path.write_bytes(content)
        return path, digest

    return make
