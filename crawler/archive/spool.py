"""How files come about in the spool: under a name that says they are open, then durable, then renamed."""

import os
from pathlib import Path

OPEN_SUFFIX = ".open"  # behind the name while a file is written; one found after a crash wants repair
OPEN_MODE = 0o600  # nobody else reads half a file
CLOSED_MODE = 0o644


def open_name(path: Path) -> Path:
    return path.with_name(path.name + OPEN_SUFFIX)


def make_folder(folder: Path) -> None:
    """Makes a folder with those above it, so that a power cut takes none of them. OSError."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        sync_folder(each.parent)


def publish(path: Path, descriptor: int) -> None:
    """Makes what `open_name(path)` holds durable and gives it its name; the descriptor stays open."""
    os.fsync(descriptor)
    os.fchmod(descriptor, CLOSED_MODE)
    open_name(path).rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes a rename or a new file in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
