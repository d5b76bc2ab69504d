"""Open the port and run the server until Ctrl-C or a signal to end."""

import contextlib
import errno
import signal
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from crawler.errors import WarraqError

_LONGEST_HEAD = 1 << 18  # bytes of a request's head: so that a query too long gets a page that says so
_AT_ONCE = 100  # connections
_LAST_SECONDS = 2  # for answers under way when the server ends


def open_port(host: str, port: int) -> socket.socket:
    """Listen on a port; 0 is any free one. Raises WarraqError where it cannot be opened."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, OverflowError, UnicodeError):
        raise WarraqError(f"{host!r} with port {port} is no address to listen on.") from None
    listening = socket.socket(family, kind)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_AT_ONCE)
    except (OSError, OverflowError) as error:
        listening.close()
        raise WarraqError(_sentence(error, host, port)) from None
    return listening


def _sentence(error: Exception, host: str, port: int) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return f"Port {port} is in use, perhaps by another reading room; name another with --port."
    if number == errno.EACCES:
        return f"Port {port} may not be opened by this user; name one above 1023 with --port."
    reason = error.strerror if isinstance(error, OSError) else "there is no such port"
    return f"Port {port} on {host} cannot be opened ({reason}); name another with --port or --host."


def address_of(listening: socket.socket) -> str:
    """Return the address to open in a browser."""
    host, port = listening.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not opened
        host = socket.gethostname()
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def run_server(app: ASGIApp, listening: socket.socket, *, on_ready: Callable[[], object]) -> None:
    """Answer requests until Ctrl-C, SIGTERM or SIGHUP; `on_ready` is called when requests are answered."""
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="error",  # not of each request that is broken
        access_log=False,
        lifespan="off",
        loop="asyncio",
        http="h11",
        ws="none",
        interface="asgi3",
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_AT_ONCE,
        timeout_graceful_shutdown=_LAST_SECONDS,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
    )
    server = _Server(config, on_ready)
    hang_up = signal.signal(signal.SIGHUP, server.handle_exit)
    try:
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises Ctrl-C again when it has ended
            server.run(sockets=[listening])
    finally:
        signal.signal(signal.SIGHUP, hang_up)
        listening.close()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()
