"""Reads the JSON of a manifest strictly: each field once, of its type, and no others."""

import re
from datetime import datetime

from crawler.archive.names import RunId
from crawler.errors import ArchiveError
from crawler.storage.base import checked_key

_MAX = 2**53 - 1  # the largest integer that every reader of JSON keeps exactly


class ManifestError(ArchiveError):
    """Bytes are not a manifest; the message says why."""


class Fields:
    """The fields of a JSON object, each taken once and with its type. Every method raises ManifestError."""

    def __init__(self, value: object, what: str) -> None:
        if not isinstance(value, dict):
            raise ManifestError(f"The manifest is broken: {what} is no JSON object.")
        self._values = dict(value)
        self._what = what

    def fail(self, name: str, wanted: str) -> ManifestError:
        return ManifestError(f"The manifest is broken: {name} of {self._what} is no {wanted}.")

    def text(self, name: str, pattern: re.Pattern[str] | None = None) -> str:
        value = self._values.pop(name, None)
        if not isinstance(value, str) or (pattern is not None and not pattern.fullmatch(value)):
            raise self.fail(name, "text" if pattern is None else "text of the right form")
        return value

    def text_or_none(self, name: str, pattern: re.Pattern[str] | None = None) -> str | None:
        if self._values.get(name) is None:
            self._values.pop(name, None)
            return None
        return self.text(name, pattern)

    def run_id(self, name: str) -> str:
        text = self.text(name)
        if RunId.parse(text) is None:
            raise self.fail(name, "text of the right form")
        return text

    def count(self, name: str) -> int:
        value = self._values.pop(name, None)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX:
            raise self.fail(name, "whole number")
        return value

    def count_or_none(self, name: str) -> int | None:
        return self.count(name) if name in self._values else None

    def moment(self, name: str) -> datetime:
        try:
            moment = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise self.fail(name, "moment") from None
        if moment.tzinfo is None:
            raise self.fail(name, "moment with a zone")
        return moment

    def moment_or_none(self, name: str) -> datetime | None:
        return self.moment(name) if name in self._values else None

    def key(self, name: str) -> str:
        key = self.text(name)
        try:
            return checked_key(key)
        except ArchiveError:
            raise self.fail(name, "name in the archive") from None

    def listed(self, name: str, most: int | None = None) -> list["Fields"]:
        values = self._values.pop(name, None)
        if not isinstance(values, list) or (most is not None and len(values) > most):
            raise self.fail(name, "list")
        return [Fields(value, f"entry {n} of {name}") for n, value in enumerate(values, 1)]

    def texts(self, name: str, names: re.Pattern[str]) -> dict[str, str]:
        """Take an object of texts whose names match the pattern."""
        values = self._values.pop(name, None)
        if not isinstance(values, dict) or not all(
            names.fullmatch(key) and isinstance(value, str) for key, value in values.items()
        ):
            raise self.fail(name, "object of texts")
        return values

    def done(self) -> None:
        """Raise ManifestError where a field was not taken."""
        if self._values:
            raise ManifestError(f"The manifest is broken: {self._what} has a field {min(self._values)!r}.")
