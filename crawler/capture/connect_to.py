"""Parse the CONNECT_TO setting: connect to another address while URL, Host header and TLS name stay the same.

As with curl's --connect-to, an entry is `host:port:address:port2`. An empty host means every host, an empty
port every port; an empty address or port2 keeps the original one. IPv6 addresses are in brackets.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import idna

from crawler.errors import UsageError

_PART = r"(\[[0-9A-Fa-f:.%]+\]|[^\[\]:\s]*)"
_ENTRY = re.compile(rf"{_PART}:(\d*):{_PART}:(\d*)")
_MAX_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Detour:
    """One entry: the connections that it matches, and their new target."""

    host: str | None  # ASCII, lower case; None: every host
    port: int | None
    address: str | None  # None: the original one
    port2: int | None

    def matches(self, host: str, port: int) -> bool:
        return self.host in {None, host} and self.port in {None, port}


@dataclass(frozen=True, slots=True)
class ConnectTo:
    """All entries in order; the first that matches a connection decides."""

    detours: tuple[Detour, ...] = ()

    def target(self, host: str, port: int) -> tuple[str, int] | None:
        """Return the new target of a connection, or None. `host` is ASCII, IPv6 without brackets."""
        for detour in self.detours:
            if detour.matches(host.lower(), port):
                return detour.address or host, detour.port2 or port
        return None


def parse_connect_to(entries: Iterable[str]) -> ConnectTo:
    """Parse all entries. Raises UsageError, naming the entry, for a malformed one."""
    return ConnectTo(tuple(_parse(entry) for entry in entries))


def _parse(entry: str) -> Detour:
    found = _ENTRY.fullmatch(entry.strip())
    if found is None:
        raise UsageError(f"CONNECT_TO: {entry!r} is not of the form host:port:address:port.")
    host, port, address, port2 = found.groups()
    if not address and not port2:
        raise UsageError(f"CONNECT_TO: {entry!r} names neither an address nor a port to connect to.")
    return Detour(_host(host, entry), _port(port, entry), _host(address, entry), _port(port2, entry))


def _port(text: str, entry: str) -> int | None:
    if not text:
        return None
    if not 0 < int(text[:6]) <= _MAX_PORT:
        raise UsageError(
            f"CONNECT_TO: {text} in {entry!r} is not a port; ports are numbers from 1 to {_MAX_PORT}."
        )
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
        raise UsageError(f"CONNECT_TO: {text!r} in {entry!r} is not a host name: {error}.") from None
