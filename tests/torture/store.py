"""An archive on S3, for tests that make its server fail."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.servers.faulty_s3 import Asked, Fault
from tests.servers.swift import Swift

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


@dataclass(frozen=True)
class Always:
    """One fault for every upload of a certain kind."""

    fault: Fault
    path_holds: str

    def __call__(self, asked: Asked) -> Fault | None:
        return self.fault if asked.method == "PUT" and self.path_holds in asked.path else None


def environment(server: Swift, endpoint: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": server.access_key,
        "AWS_SECRET_ACCESS_KEY": server.secret_key,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION_NAME": server.region,
        "AWS_DEFAULT_REGION": server.region,
    }


def fetched(client: "S3Client", bucket: str, folder: Path) -> Path:
    """The archive as a folder, for readers of folders."""
    for entry in client.list_objects_v2(Bucket=bucket).get("Contents", []):
        path = folder / entry["Key"].partition("/")[2]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(client.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read())
    return folder
