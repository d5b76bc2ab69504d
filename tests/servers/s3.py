"""S3 servers as users of the tests see them: keys in the environment, clients, objects."""

from typing import Any

import boto3
from botocore.config import Config

from tests.servers.swift import Swift


def environment(server: Swift, **more: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": server.access_key,
        "AWS_SECRET_ACCESS_KEY": server.secret_key,
        "AWS_ENDPOINT_URL": server.endpoint_url,
        "AWS_REGION_NAME": server.region,
        "AWS_DEFAULT_REGION": server.region,
        **more,
    }


def client(server: Swift) -> Any:
    return boto3.session.Session().client(
        "s3",
        endpoint_url=server.endpoint_url,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
        region_name=server.region,
        config=Config(request_checksum_calculation="when_required"),
    )


def objects(server: Swift, bucket: str) -> dict[str, bytes]:
    s3 = client(server)
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
