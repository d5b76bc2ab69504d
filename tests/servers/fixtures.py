"""The S3 servers of the tests as fixtures: one of each for the whole run, a new bucket for each test."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.servers import shared
from tests.servers.localstack import LocalStack
from tests.servers.s3 import client
from tests.servers.swift import Swift
from tests.servers.tls import TlsFront, tls_in_front

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


@pytest.fixture(scope="session")
def swift(request: pytest.FixtureRequest) -> Swift:
    """A real S3 server over HTTP."""
    return shared.swift_server(request.config.stash[shared.SERVERS])


@pytest.fixture(scope="session")
def swift_tls(swift: Swift, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Swift, Path]]:
    """The Swift server behind TLS, and the file to name in AWS_CA_BUNDLE."""
    front: TlsFront
    with tls_in_front(urlsplit(swift.endpoint_url).port or 0, tmp_path_factory.mktemp("tls")) as front:
        yield Swift(f"https://127.0.0.1:{front.port}"), front.ca_bundle


@pytest.fixture(scope="session")
def swift_client(swift: Swift) -> Iterator["S3Client"]:
    """A plain boto3 client of the Swift server, to prepare a test's objects and to read what it left."""
    made = client(swift)
    yield made
    made.close()


@pytest.fixture(scope="session")
def localstack(request: pytest.FixtureRequest) -> LocalStack:
    """An emulated S3 server that knows Object Lock and conditional writes."""
    return shared.localstack_server(request.config.stash[shared.SERVERS])


@pytest.fixture(scope="session")
def localstack_client(localstack: LocalStack) -> Iterator["S3Client"]:
    """A plain boto3 client of the LocalStack server."""
    made = client(localstack)
    yield made
    made.close()


@pytest.fixture
def bucket(swift_client: "S3Client") -> str:
    """The name of a new, empty bucket of the Swift server."""
    name = f"archive-{uuid.uuid4().hex[:12]}"
    swift_client.create_bucket(Bucket=name)
    return name


@pytest.fixture
def locking_bucket(localstack_client: "S3Client") -> str:
    """The name of a new, empty LocalStack bucket that keeps versions and can lock them."""
    name = f"locked-{uuid.uuid4().hex[:12]}"
    localstack_client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


@pytest.fixture
def unlocking_bucket(localstack_client: "S3Client") -> str:
    """The name of a new, empty LocalStack bucket that accepts locks and does not keep them."""
    name = f"unlocked-{uuid.uuid4().hex[:12]}"
    localstack_client.create_bucket(Bucket=name)
    return name
