"""Exchanges to record, and recorders to record them with."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.archive.exchange import Exchange
from crawler.archive.recorder import Recorded, Recorder
from crawler.archive.warc_file import ClosedWarc

RUN_ID = "20261121225500-step_agency-9f3a1c"


STARTED = datetime(2026, 11, 21, 22, 55, 1, 123_456, UTC)


def exchange(number: int = 0, body: bytes = b"ok", **changes: object) -> Exchange:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
    values: dict[str, object] = {
        "uri": f"http://example.com/{number}",
        "request": b"GET /%d HTTP/1.1\r\nHost: example.com\r\n\r\n" % number,
        "response": head + body,
        "started": STARTED + timedelta(seconds=number),
        "duration": timedelta(milliseconds=25),
    }
    return Exchange(**{**values, **changes})  # type: ignore[arg-type]


def recorder(spool: Path, closed: list[ClosedWarc] | None = None, **changes: object) -> Recorder:
    values: dict[str, object] = {
        "site": "step_agency",
        "run_id": RUN_ID,
        "info": {"software": "Warraq 0", "format": "replaced\r\nevil: yes"},
        "on_closed": [].append if closed is None else closed.append,
    }
    return Recorder(spool, **{**values, **changes})  # type: ignore[arg-type]


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def record_all(recorder: Recorder, exchanges: list[Exchange]) -> list[Recorded | None]:
    try:
        return list(await asyncio.gather(*(recorder.record(each) for each in exchanges)))
    finally:
        await recorder.close()
