"""Asking a newsstand by plain HTTP."""

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.demo.connection import LOOPBACK
from crawler.demo.server import Newsstand


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes


@contextmanager
def connected(port: int) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        yield connection
    finally:
        connection.close()


def exchange(
    connection: http.client.HTTPConnection, host: str, target: str, *, method: str = "GET", **headers: str
) -> Answer:
    """One request; header names are written with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, target, headers={"Host": host, **named})
    response = connection.getresponse()
    return Answer(
        response.status,
        {name.lower(): value for name, value in response.getheaders()},
        response.read(),
    )


def get(stand: Newsstand, url: str, *, method: str = "GET", **headers: str) -> Answer:
    """One request on a connection of its own, for a URL of one of the papers."""
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    with connected(stand.port) as connection:
        return exchange(connection, parts.netloc, target, method=method, **headers)
