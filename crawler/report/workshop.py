"""Where matplotlib keeps its list of fonts: our own folder, so that nobody's settings change a picture."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_VARIABLE = "MPLCONFIGDIR"


@contextmanager
def workshop() -> Iterator[None]:
    """Give matplotlib its folder before it is loaded: in the user's cache, or one that goes away again."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # that it looks for fonts is nobody's concern
    if _VARIABLE in os.environ:
        yield
        return
    kept = _in_cache()
    with TemporaryDirectory(prefix="warraq-") as passing:
        os.environ[_VARIABLE] = str(kept or passing)
        try:
            yield
        finally:
            del os.environ[_VARIABLE]


def _in_cache() -> Path | None:
    """A folder that stays, so that fonts are looked for once; None where this user can keep nothing."""
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = cache / "warraq" / "matplotlib"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.W_OK) else None
