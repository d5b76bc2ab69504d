"""Archives to damage: built once, copied for each test."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crawler.archive.signing import Signer
from tests.verify.building import Archive, build


@pytest.fixture(scope="session")
def signer() -> Signer:
    return Signer(Ed25519PrivateKey.from_private_bytes(b"a key that signs only the tests."))


@pytest.fixture(scope="session")
def _plain(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder = tmp_path_factory.mktemp("plain")
    return build(folder / "archive", folder / "spool")


@pytest.fixture(scope="session")
def _signed(tmp_path_factory: pytest.TempPathFactory, signer: Signer) -> Archive:
    folder = tmp_path_factory.mktemp("signed")
    return build(folder / "archive", folder / "spool", runs=3, pages=1, signer=signer)


@pytest.fixture
def archive(_plain: Archive, tmp_path: Path) -> Archive:
    """Two unsigned runs of four pages."""
    return _copy(_plain, tmp_path)


@pytest.fixture
def signed(_signed: Archive, tmp_path: Path) -> Archive:
    """Three signed runs of one page."""
    return _copy(_signed, tmp_path)


def _copy(archive: Archive, folder: Path) -> Archive:
    shutil.copytree(archive.root, folder / "archive")
    return replace(archive, root=folder / "archive")
