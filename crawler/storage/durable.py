"""Names that outlive a power cut: a new file is on the disk only when its folder is."""

import os
from contextlib import suppress
from pathlib import Path


def make_folder(folder: Path) -> None:
    """Create what is missing of a path, so that a power cut cannot take it away. Raises OSError."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        with suppress(
            FileExistsError
        ):  # another thread was first; a file in its place fails on the next line
            path.mkdir()
        sync_folder(path)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Write the names in a folder to the disk: without it a power cut may undo a rename. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
