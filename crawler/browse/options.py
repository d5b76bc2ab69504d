"""What a user sets for the reading room, checked before anything is opened."""

import secrets
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

from crawler.browse.access import Access, is_loopback
from crawler.browse.rendering import web_address
from crawler.errors import UsageError

SHORTEST_PASSWORD = 8  # characters
_LONGEST_PASSWORD = 1_000
_LAST_PORT = 65_535
_TOKEN_BYTES = 24
_LONGEST_PAUSE = 24 * 3_600  # seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomOptions:
    """The checked options."""

    access: Access
    port: int
    token: str | None  # part of the address that is printed
    replay: str | None
    refresh: float  # seconds
    opens_browser: bool


def options_of(given: Namespace) -> RoomOptions:
    """Check the options of the command. Raises UsageError."""
    if given.password_file and given.token:
        raise UsageError("Choose one of --password-file and --token.")
    if not is_loopback(given.host) and not (given.password_file or given.token):
        raise UsageError(
            f"--host {given.host} opens the archive to other machines: add --password-file FILE or --token."
        )
    if not 0 <= given.port <= _LAST_PORT:
        raise UsageError(f"--port {given.port} is no port: write 0 to {_LAST_PORT}.")
    if not 1 <= given.refresh <= _LONGEST_PAUSE:
        raise UsageError(f"--refresh {given.refresh:g} must be 1 to {_LONGEST_PAUSE:,} seconds.")
    replay = given.replay and web_address(given.replay)
    if given.replay and replay is None:
        raise UsageError(f"--replay {given.replay!r} is no http or https address.")
    token = secrets.token_urlsafe(_TOKEN_BYTES) if given.token else None
    password = _password(Path(given.password_file)) if given.password_file else None
    return RoomOptions(
        access=Access(host=given.host, names=tuple(given.name), secret=token or password),
        port=given.port,
        token=token,
        replay=replay and f"{replay.rstrip('/')}/",
        refresh=given.refresh,
        opens_browser=given.open,
    )


def _password(path: Path) -> str:
    try:
        with path.open("rb") as file:
            password = file.read(_LONGEST_PASSWORD * 4).decode().strip()
    except OSError as error:
        raise UsageError(f"The password file {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"The password file {path} holds no text in UTF-8.") from None
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD or "\n" in password:
        raise UsageError(
            f"The password in {path} must be one line of {SHORTEST_PASSWORD} characters or more."
        )
    return password
