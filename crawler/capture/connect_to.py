"""The CONNECT_TO setting: connections go elsewhere while the URL, the Host header and the TLS name stay.

Like curl's --connect-to, an entry is `host:port:address:port2`. An empty host stands for every host, an empty
port for every port; an empty address or port2 keeps the original one. An IPv6 address stands in brackets.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import idna

from crawler.errors import UsageError

_PART = r"(\[[0-9A-Fa-f:.%]+\]|[^\[\]:\s]*)"
_ENTRY = re.compile(rf"{_PART}:(\d*):{_PART}:(\d*)")
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Detour:
    """One entry: which connections it takes, and where to."""

    host: str | None  # ASCII, lower case; None: every host
    port: int | None
    address: str | None  # None: the original one
    port2: int | None

    def takes(self, host: str, port: int) -> bool:
        return self.host in {None, host} and self.port in {None, port}


@dataclass(frozen=True, slots=True)
class ConnectTo:
    """The entries in order; the first that takes a connection decides."""

    detours: tuple[Detour, ...] = ()

    def target(self, host: str, port: int) -> tuple[str, int] | None:
        """Where a connection to host:port goes instead, or None. The host is ASCII, IPv6 without brackets."""
        for detour in self.detours:
            if detour.takes(host.lower(), port):
                return detour.address or host, detour.port2 or port
        return None


def parse_connect_to(entries: Iterable[str]) -> ConnectTo:
    """Raises UsageError, naming the entry, for one that has no meaning."""
    return ConnectTo(tuple(_parse(entry) for entry in entries))


def _parse(entry: str) -> Detour:
    found = _ENTRY.fullmatch(entry.strip())
    if found is None:
        raise UsageError(f"CONNECT_TO: {entry!r} is not host:port:address:port.")
    host, port, address, port2 = found.groups()
    if not address and not port2:
        raise UsageError(f"CONNECT_TO: {entry!r} says neither an address nor a port to connect to.")
    return Detour(_host(host, entry), _port(port, entry), _host(address, entry), _port(port2, entry))


def _port(text: str, entry: str) -> int | None:
    if not text:
        return None
    if not 0 < int(text[:6]) <= _HIGHEST_PORT:
        raise UsageError(f"CONNECT_TO: {text} in {entry!r} is no port; ports go from 1 to {_HIGHEST_PORT}.")
    return int(text)


def _host(text: str, entry: str) -> str | None:
    if not text:
        return None
    name = text.strip("[]").lower()
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise UsageError(f"CONNECT_TO: {text!r} in {entry!r} is no host name: {error}.") from None
