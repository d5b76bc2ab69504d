"""The run's own copy of the log, delivered with everything else."""

import logging
from pathlib import Path

from crawler.storage.durable import open_name, rename


class _QuietFileHandler(logging.FileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - as logging calls it
        """A disk that is full is told once, by whoever writes the archive, and not for every line."""
        self.setLevel(logging.CRITICAL + 1)


class RunLog:
    """Log lines from INFO on, in the run's folder."""

    def __init__(self, path: Path, form: str) -> None:
        path.parent.mkdir(parents=True, mode=0o700)
        self.path = path
        self._handler = _QuietFileHandler(self.open_path, encoding="utf-8")
        self._handler.setFormatter(logging.Formatter(form))
        self._handler.setLevel(logging.INFO)
        logging.root.addHandler(self._handler)

    def close(self) -> None:
        logging.root.removeHandler(self._handler)
        self._handler.close()
        rename(self.open_path, self.path)

    @property
    def open_path(self) -> Path:
        """Where it lies until it is closed."""
        return open_name(self.path)
