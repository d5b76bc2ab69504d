"""What tests need from the machine beside the project's own environment.

What is missing skips the tests that need it, with one line in pytest's summary; where CI=true, it fails them.
"""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

PROJECT = Path(__file__).resolve().parents[1]
CORPUS = PROJECT.parent / "shared" / "corpus"  # recorded pages, which lie beside the repository and not in it


def program(*names: str, package: str) -> str:
    """Return the path of the first of these programs that is installed, from a Debian package."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        missing(f"{names[0]} is missing: apt-get install {package}")
    return found


def environment_program(folder: str, name: str) -> str:
    """Return the path of a program in one of the extra environments, `.venv-<folder>`."""
    path = PROJECT / f".venv-{folder}" / "bin" / name
    if not path.exists() or not (path.parents[1] / ".complete").exists():
        missing(f".venv-{folder} is missing or incomplete: make {folder}")
    return str(path)


def missing(message: str) -> NoReturn:
    """Skip the running test, or fail it where CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def recorded_pages(folder: str) -> Path:
    """Return a folder of recorded pages; skip the running test where it is missing, also in CI."""
    path = CORPUS / folder
    if not any(path.glob("*.html*")):
        pytest.skip(f"no recorded pages in {CORPUS}: only the project's own pages are tested")
    return path
