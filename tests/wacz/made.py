"""Small archives made by hand, through the recorder that crawls use."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.archive.exchange import Exchange
from crawler.archive.originals import Originals
from crawler.archive.recorder import Recorder

FIRST = datetime(2026, 3, 1, 12, 0, 0, 250_000, UTC)


def exchange(
    uri: str,
    body: bytes = b"",
    *,
    minutes: int = 0,
    kind: str = "text/html",
    status: str = "200 OK",
    more: str = "",
    **changes: Any,
) -> Exchange:
    """One answer, so many minutes after noon."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return Exchange(
        uri=uri,
        request=b"GET / HTTP/1.1\r\nHost: x\r\nCookie: secret\r\n\r\n",
        response=head.encode() + body,
        started=FIRST + timedelta(minutes=minutes),
        duration=timedelta(milliseconds=5),
        **changes,
    )


def record(
    archive: Path,
    run_id: str,
    exchanges: Iterable[Exchange],
    *,
    max_bytes: int = 1 << 30,
    originals: Originals | None = None,
    settings: bytes = b"",
) -> None:
    """What a run leaves of these exchanges in a folder: WARC files and their indexes."""

    async def write() -> None:
        recorder = Recorder(
            archive,
            site=run_id.split("-")[1],
            run_id=run_id,
            info={"software": "Warraq"},
            on_closed=lambda _: None,
            max_bytes=max_bytes,
            originals=originals,
        )
        for each in exchanges:
            await recorder.record(each)
        if settings:
            await recorder.add_resource(f"urn:warraq:{run_id}:settings", "application/json", settings)
        await recorder.close()

    asyncio.run(write())
