"""The S3 server of the tests as fixtures: one Swift for the whole run, a new bucket for each test."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from tests.servers.swift import Swift, running_swift
from tests.servers.tls import TlsFront, tls_in_front

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


@pytest.fixture(scope="session")
def swift() -> Iterator[Swift]:
    """A real S3 server over HTTP."""
    with running_swift() as server:
        yield server


@pytest.fixture(scope="session")
def swift_tls(swift: Swift, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Swift, Path]]:
    """The same server behind TLS, and the file to name in AWS_CA_BUNDLE."""
    front: TlsFront
    with tls_in_front(urlsplit(swift.endpoint_url).port or 0, tmp_path_factory.mktemp("tls")) as front:
        yield Swift(f"https://127.0.0.1:{front.port}"), front.ca_bundle


@pytest.fixture(scope="session")
def swift_client(swift: Swift) -> Iterator["S3Client"]:
    """A plain boto3 client of the server, to prepare what a test finds and to see what it left."""
    client = boto3.session.Session().client(
        "s3",
        endpoint_url=swift.endpoint_url,
        aws_access_key_id=swift.access_key,
        aws_secret_access_key=swift.secret_key,
        region_name=swift.region,
        config=Config(request_checksum_calculation="when_required"),
    )
    yield client
    client.close()


@pytest.fixture
def bucket(swift_client: "S3Client") -> str:
    """The name of a new, empty bucket."""
    name = f"archive-{uuid.uuid4().hex[:12]}"
    swift_client.create_bucket(Bucket=name)
    return name
