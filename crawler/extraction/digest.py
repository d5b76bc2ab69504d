"""Which rules read a page: the extractor's name, and a digest that changes whenever a rule does."""

import hashlib
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

from crawler import __version__

_RULE_PACKAGES = ("crawler.extraction", "crawler.arabic")
_RULE_SUFFIXES = (".py", ".json", ".txt")
_LIBRARIES = ("trafilatura", "lxml")


def extractor_name() -> str:
    """warraq/<version>+trafilatura/<version>"""
    return f"warraq/{__version__}+trafilatura/{_version('trafilatura')}"


@cache
def rules_digest() -> str:
    """SHA-256, in hex, over every module and data file that decides what is read, and library versions."""
    digest = hashlib.sha256()
    for library in _LIBRARIES:
        digest.update(f"{library}={_version(library)}\n".encode())
    for package in _RULE_PACKAGES:
        for name, content in _files(resources.files(package), package):
            digest.update(f"{name} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()


def _files(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    """Return the rule files below a folder with their contents, in order of their names."""
    found: list[tuple[str, bytes]] = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        name = f"{path}/{entry.name}"
        if entry.is_dir():
            if entry.name != "__pycache__":
                found += _files(entry, name)
        elif entry.name.endswith(_RULE_SUFFIXES):
            found.append((name, entry.read_bytes()))
    return found


@cache
def _version(distribution: str) -> str:
    """Return the installed version, or "unpackaged" where an egg of Scrapyd has no metadata."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "unpackaged"
