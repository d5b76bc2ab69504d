"""A small file in the archive that several machines replace by turns: compare and swap."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class FasterError(Exception):
    """Another machine has changed the file since it was read."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The file at one moment."""

    content: bytes | None  # None: there is none
    etag: str | None  # distinguishes this content from any other; None: there is none
    at: datetime  # by the clock of the server


class Cell(Protocol):
    """A file that is written only if it is unchanged since it was read. For one thread."""

    @property
    def place(self) -> str:
        """The file, as a sentence for people begins with it."""

    def read(self) -> Seen:
        """Read the file. Raises ArchiveError."""

    def write(self, content: bytes, seen: Seen) -> bool:
        """Replace what was seen. Returns True where no other machine can have replaced it, too.

        Returns False where the server cannot guarantee that: read again in a moment. Raises FasterError and
        ArchiveError.
        """
