"""One demo newspaper, crawled once for all tests of this folder."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.demo.outlets import OUTLETS
from crawler.demo.server import serve
from crawler.storage import S3Credentials, open_storage
from crawler.storage.base import is_hidden
from tests.crawl.running import crawl
from tests.servers.swift import Swift

OUTLET = OUTLETS["barada"]  # its addresses hold Arabic words


@dataclass(frozen=True)
class Archived:
    folder: Path

    @property
    def warcs(self) -> list[Path]:
        return sorted(self.folder.glob("warc/**/*.warc.gz"))

    def index(self) -> list[tuple[str, dict[str, Any]]]:
        """Time stamp and fields of each line."""
        lines = [
            line for path in self.folder.glob("cdxj/*/*/*/*.cdxj") for line in path.read_text().splitlines()
        ]
        return [(line.split(" ")[1], json.loads(line.split(" ", 2)[2])) for line in lines]

    def copy_to(self, address: str, server: Swift) -> None:
        """The same archive on S3."""
        credentials = S3Credentials(
            access_key=server.access_key,
            secret_key=server.secret_key,
            endpoint_url=server.endpoint_url,
            region=server.region,
        )
        storage = open_storage(address, credentials=credentials)
        for path in sorted(self.folder.rglob("*")):
            key = path.relative_to(self.folder).as_posix()
            if path.is_file() and not is_hidden(key):
                storage.put(key, path, hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.fixture(scope="session")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Archived:
    folder = tmp_path_factory.mktemp("archived")
    with serve([OUTLET]) as stand:
        result = crawl(
            "news",
            folder,
            arguments={"url": OUTLET.home},
            connect_to=stand.connect_to(),
            settings={"WARC_MAX_BYTES": "40000"},  # several files
        )
    assert result.returncode == 0, result.stderr[-3000:]
    return Archived(folder)


def environment(server: Swift) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": server.access_key,
        "AWS_SECRET_ACCESS_KEY": server.secret_key,
        "AWS_ENDPOINT_URL": server.endpoint_url,
        "AWS_REGION_NAME": server.region,
        "AWS_DEFAULT_REGION": server.region,
    }
