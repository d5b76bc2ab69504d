"""How files come about in the spool: under a name that says they are open, then durable, then renamed."""

import os
from pathlib import Path

from crawler.storage.durable import sync_folder

OPEN_SUFFIX = ".open"  # behind the name while a file is written; one found after a crash wants repair
OPEN_MODE = 0o600  # nobody else reads half a file
CLOSED_MODE = 0o644


def open_name(path: Path) -> Path:
    return path.with_name(path.name + OPEN_SUFFIX)


def publish(path: Path, descriptor: int) -> None:
    """Makes what `open_name(path)` holds durable and gives it its name; the descriptor stays open."""
    os.fsync(descriptor)
    os.fchmod(descriptor, CLOSED_MODE)
    open_name(path).rename(path)
    sync_folder(path.parent)
