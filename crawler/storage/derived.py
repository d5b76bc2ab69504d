"""The folder for what Warraq derives from archives and can make again: indexes, fingerprints."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder for everything that Warraq derives from archives on this machine."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification: a relative path is to be ignored.
    base = Path(named) if named.startswith("/") else Path("~/.cache").expanduser()
    return base / "warraq"
