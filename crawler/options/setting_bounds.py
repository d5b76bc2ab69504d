"""Settings of ours that are numbers: what they may be, told before anything begins."""

import math

from scrapy.settings import BaseSettings

from crawler.errors import UsageError

AT_LEAST: dict[str, float] = {
    "EXTRACTION_LANES": 0,
    "EXTRACTION_TIMEOUT": 1e-6,
    "WARC_MAX_BYTES": 1_000,
    "SPOOL_MAX_BYTES": 2_000,
    "REQUISITES_PER_PAGE": 1,
    "REQUISITE_MAX_BYTES": 1_000,
    "REQUISITES_SECONDS_MAX": 0,
    "REQUISITES_HOSTS_MAX": 1,
    "RETRY_AFTER_MAX": 0,
    "BUSY_SECONDS_MAX": 0,
    "BUSY_ANSWERS_MAX": 1,
    "HEADERS_MAXSIZE": 1_000,
    "ROBOTS_MAXSIZE": 1_000,
    "CRAWL_DELAY_MAX": 0,
    "DELIVERY_ATTEMPTS": 1,
    "PROGRESS_SECONDS": 0,
    "UPLOADS_AT_ONCE": 1,
    "OBJECT_LOCK_DAYS": 1,
}
AT_MOST: dict[str, float] = {
    "UPLOADS_AT_ONCE": 8,  # of the ten connections that boto3 keeps
}
WHOLE = frozenset(
    {
        "EXTRACTION_LANES",
        "WARC_MAX_BYTES",
        "SPOOL_MAX_BYTES",
        "REQUISITES_PER_PAGE",
        "REQUISITE_MAX_BYTES",
        "REQUISITES_HOSTS_MAX",
        "DELIVERY_ATTEMPTS",
        "UPLOADS_AT_ONCE",
        "OBJECT_LOCK_DAYS",
    }
)


def check_settings(settings: BaseSettings) -> None:
    """Raise UsageError for the first setting that is no number, or too small or too large."""
    for name, least in AT_LEAST.items():
        value = settings[name]
        try:
            number = int(value) if name in WHOLE else float(value)
        except (TypeError, ValueError):
            number = math.nan
        most = AT_MOST.get(name, math.inf)
        if not least <= number <= most or number == math.inf:
            kind = "a whole number" if name in WHOLE else "a number"
            bound = f" and at most {most:g}" if name in AT_MOST else ""
            raise UsageError(f"{name}={value!r} must be {kind} of at least {least:g}{bound}.")
    if settings.getint("SPOOL_MAX_BYTES") < 2 * settings.getint("WARC_MAX_BYTES"):
        raise UsageError("SPOOL_MAX_BYTES must be at least twice WARC_MAX_BYTES: one file is always open.")
