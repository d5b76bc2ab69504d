"""Receivers of notices on loopback: a web server and a minimal mail server."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.servers.http import Answer, Request, serving
from tests.servers.raw import LoopbackServer


@dataclass
class Listening:
    """What a web server received."""

    port: int
    heard: list[dict[str, Any]] = field(default_factory=list)  # bodies of POSTs
    paths: list[str] = field(default_factory=list)


@contextmanager
def web_server(status: int = 204, headers: dict[str, str] | None = None) -> Iterator[Listening]:
    """Answer every POST with this status and these headers, and a GET with 200."""
    listening = Listening(0)

    def answer(request: Request) -> Answer:
        if request.method != "POST":
            listening.paths.append(f"{request.method} {request.path}")
            return Answer()
        listening.paths.append(request.path)
        listening.heard.append(json.loads(request.body))
        return Answer(status=status, headers=headers or {})

    with serving(answer) as url:
        listening.port = urlsplit(url).port or 0
        yield listening


class LoopbackMail(LoopbackServer):
    """A mail server that accepts every message."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 test\r\n")
        while line := await reader.readline():
            command = line[:4].upper()
            if command == b"DATA":
                writer.write(b"354 go on\r\n")
                message = await reader.readuntil(b"\r\n.\r\n")
                self.messages.append(message.removesuffix(b".\r\n").decode())
            if command == b"QUIT":
                writer.write(b"221 bye\r\n")
                return
            writer.write(b"250 accepted\r\n")
