"""A log of JSON objects, one a line, from the first line on."""

import json
import logging
from datetime import UTC, datetime
from types import TracebackType

FORMAT = "%(as_json)s"  # for Scrapy's LOG_FORMAT

_Trace = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None] | None


class _Line:
    """The JSON of a log record, made only when a handler formats it."""

    def __init__(self, record: logging.LogRecord, trace: _Trace) -> None:
        self._record, self._trace = record, trace

    def __str__(self) -> str:
        record = self._record
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if self._trace is not None and self._trace[0] is not None:
            line["trace"] = logging.Formatter().formatException(self._trace)
        return json.dumps(line, ensure_ascii=False)


def use_json_lines() -> None:
    """Give every log record of this process the field `as_json`, which holds a traceback in the same line."""
    usual = logging.LogRecord

    def make(*args: object, **kwargs: object) -> logging.LogRecord:
        record = usual(*args, **kwargs)  # type: ignore[arg-type]
        trace = record.exc_info
        record.exc_info = None
        record.as_json = _Line(record, trace)
        return record

    logging.setLogRecordFactory(make)
