"""The list of stored articles that their site has taken away, in the run's folder."""

import json
import os
from collections.abc import Iterable
from io import FileIO
from pathlib import Path

from crawler.errors import ArchiveError
from crawler.ledger.entries import Outcome
from crawler.storage.durable import make_folder, open_name, publish

NAME = "gone.jsonl"


class GoneList:
    """Writes `runs/<run_id>/gone.jsonl`: url, reason (http-404, http-410), seen (RFC 3339), run_id.

    To be used in one thread. Methods raise ArchiveError.
    """

    def __init__(self, spool: Path, run_id: str) -> None:
        self._path = spool / "runs" / run_id / NAME
        self._run_id = run_id
        self._stream: FileIO | None = None

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Add a line for each outcome in which a stored article is gone, and force it to the disk."""
        lines = [self._line(each) for each in outcomes if each.claim.again and each.state == "gone"]
        if not lines:
            return
        try:
            if self._stream is None:
                make_folder(self._path.parent)
                self._stream = open_name(self._path).open("ab", buffering=0)
            self._stream.write("".join(lines).encode())
            os.fsync(self._stream.fileno())
        except OSError as error:
            raise ArchiveError(f"{self._path} cannot be written: {error.strerror}.") from error

    def close(self) -> None:
        """Give the file its final name; do nothing where no article is gone."""
        if self._stream is None:
            return
        try:
            with self._stream as stream:
                publish(self._path, stream.fileno())
        except OSError as error:
            raise ArchiveError(f"{self._path} cannot be closed: {error.strerror}.") from error
        self._stream = None

    def _line(self, outcome: Outcome) -> str:
        record = {
            "url": outcome.claim.candidate.url,
            "reason": outcome.reason,
            "seen": outcome.fetched_at.isoformat() if outcome.fetched_at else None,
            "run_id": self._run_id,
        }
        return json.dumps(record, ensure_ascii=True) + "\n"
