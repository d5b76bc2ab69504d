"""S3 servers as users of the tests see them: keys in the environment, clients, objects."""

from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from tests.servers.localstack import LocalStack
from tests.servers.swift import Swift

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


def environment(server: Swift, **more: str) -> dict[str, str]:
    """Return the environment variables with which a command finds the server."""
    return {
        "AWS_ACCESS_KEY_ID": server.access_key,
        "AWS_SECRET_ACCESS_KEY": server.secret_key,
        "AWS_ENDPOINT_URL": server.endpoint_url,
        "AWS_REGION_NAME": server.region,
        "AWS_DEFAULT_REGION": server.region,
        **more,
    }


def client(server: Swift | LocalStack) -> "S3Client":
    """Return a plain boto3 client."""
    return boto3.session.Session().client(
        "s3",
        endpoint_url=server.endpoint_url,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
        region_name=server.region,
        config=Config(request_checksum_calculation="when_required"),
    )


def objects(server: Swift, bucket: str) -> dict[str, bytes]:
    """Return the content of every object, by key."""
    s3 = client(server)
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def fetched(client: "S3Client", bucket: str, folder: Path) -> Path:
    """Copy the archive of a bucket into a folder, for readers of folders; return the folder."""
    for entry in client.list_objects_v2(Bucket=bucket).get("Contents", []):
        path = folder / entry["Key"].partition("/")[2]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(client.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read())
    return folder
