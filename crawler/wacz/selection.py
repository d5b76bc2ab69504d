"""Selects captures of an archive: by site, run, time and address."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from crawler.archive.cdxj_index import IndexLine
from crawler.archive.names import FileOwner, RunId, site_of_run
from crawler.archive.surt import surt_key
from crawler.errors import InvalidUrlError, UsageError
from crawler.tables.withheld import Withheld
from crawler.urls import ascii_url, canonical_url

_MAX_ADDRESSES = 1_000_000
_OF_A_HOST = re.compile(r"[^)]*\)")  # the part of a key that names the host


class Addresses:
    """Addresses in any spelling, prepared to be found in an index."""

    def __init__(self, urls: Iterable[str]) -> None:
        self.urls = list(urls)
        self._numbers: dict[str, int] = {}
        for number, url in enumerate(self.urls):
            for key in _keys(url):
                self._numbers.setdefault(key, number)
        self._hosts = {_host(key) for key in self._numbers}

    @classmethod
    def read(cls, lines: Iterable[str], *, name: str) -> Self:
        """Read one address a line; empty lines and lines that begin with # are ignored. Raises UsageError."""
        urls = []
        for number, line in enumerate(lines, 1):
            url = line.strip().removeprefix("\ufeff")
            if not url or url.startswith("#"):
                continue
            try:
                urls.append(ascii_url(url))
            except InvalidUrlError as error:
                raise UsageError(f"{name}, line {number}: {error}") from None
            if len(urls) > _MAX_ADDRESSES:
                raise UsageError(f"{name} holds more than {_MAX_ADDRESSES:,} addresses.")
        if not urls:
            raise UsageError(f"{name} holds no address; write one a line.")
        return cls(urls)

    def find(self, line: IndexLine) -> int | None:
        """Return the number (from 0) of the address that a capture is of; None where it is of none."""
        number = self._numbers.get(line.key)
        if number is None and _host(line.key) in self._hosts:
            found = map(self._numbers.get, _keys(line.url))
            return next((number for number in found if number is not None), None)
        return number


def _keys(url: str) -> Iterator[str]:
    """Yield the index key of an address, and that of its canonical spelling."""
    try:
        yield surt_key(ascii_url(url))
        yield surt_key(canonical_url(url))
    except (InvalidUrlError, ValueError):  # what was archived need not be what we would fetch
        return


def _host(key: str) -> str:
    found = _OF_A_HOST.match(key)
    return found[0] if found else key


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """The selected captures; each limit narrows the others. None: no limit."""

    site: str | None = None
    run_id: str | None = None
    since: datetime | None = None  # of the capture; aware, inclusive
    until: datetime | None = None  # exclusive
    addresses: Addresses | None = None
    withheld: Withheld = field(default_factory=Withheld)  # pages that are left out in any case
    _stamps: tuple[str, str] = field(init=False, default=("", ""))

    def __post_init__(self) -> None:
        if self.run_id is not None and RunId.parse(self.run_id) is None:
            raise UsageError(
                f"{self.run_id!r} names no run; a run is <yyyymmddHHMMSS>-<site>-<six letters or digits>, "
                "as in the archive's runs/."
            )
        stamps = (_stamp(self.since) or "", _stamp(self.until) or "9" * 14)
        object.__setattr__(self, "_stamps", stamps)

    @property
    def scope(self) -> str | None:
        """The site to which the selection is limited; None: all sites."""
        return self.site or (site_of_run(self.run_id) if self.run_id else None)

    @property
    def is_narrow(self) -> bool:
        """Tell whether a page can be selected without the rest of its site."""
        return any((self.run_id, self.since, self.until, self.addresses))

    def admits_file(self, key: str) -> bool:
        """Tell by its key whether a WARC file (or its index) can hold what is wanted."""
        if self.run_id is None:
            return True
        run, owner = RunId.of(self.run_id), FileOwner.parse(key)
        return owner is not None and owner.is_of(run) and owner.stamp >= run.stamp

    def hides(self, line: IndexLine) -> bool:
        """Tell whether a capture is withheld, so that nothing leads to it, not even a page that needs it."""
        return line.key in self.withheld.keys

    def copies_events(self, warc: str) -> bool:
        """Tell whether to copy captures one by one: a text of a withheld page may lie between two others."""
        owner = FileOwner.parse(warc)
        return bool(self.withheld) and (owner is None or owner.site in self.withheld.sites)

    def admits(self, line: IndexLine) -> bool:
        if self.hides(line):
            return False
        since, until = self._stamps
        if not since <= line.timestamp < until:
            return False
        return self.addresses is None or self.addresses.find(line) is not None

    def __str__(self) -> str:
        limits = []
        if self.site:
            limits.append(f"of the site {self.site}")
        if self.run_id:
            limits.append(f"of the run {self.run_id}")
        if self.since:
            limits.append(f"since {self.since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
        if self.until:
            limits.append(f"before {self.until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
        if self.addresses:
            limits.append(f"of {len(self.addresses.urls)} given addresses")
        return ", ".join(limits)


def _stamp(moment: datetime | None) -> str | None:
    """Format a moment in seconds, rounded down, as in an index."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S") if moment else None
