"""One server for the tests of this folder, with the project deployed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scrapyd.deploying import checkout, run_in
from tests.scrapyd.server import Scrapyd, running_scrapyd
from tests.servers.s3 import environment
from tests.servers.swift import Swift


@pytest.fixture(scope="package")
def empty_server(swift: Swift, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scrapyd]:
    """A server without a project; the keys of the S3 server are in its environment."""
    with running_scrapyd(tmp_path_factory.mktemp("scrapyd"), environment(swift)) as server:
        yield server


@pytest.fixture(scope="package")
def project(empty_server: Scrapyd, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout(tmp_path_factory.mktemp("project"), empty_server)


@pytest.fixture(scope="package")
def server(empty_server: Scrapyd, project: Path) -> Scrapyd:
    """The server with the project on it."""
    deployed = run_in(project, "scrapyd-deploy")
    assert '"status": "ok"' in deployed.stdout, f"{deployed.stdout}\n{deployed.stderr}"
    return empty_server
