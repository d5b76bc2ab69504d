"""Settings of ours that are numbers: what they may be, told before anything begins."""

import math

from scrapy.settings import BaseSettings

from crawler.errors import UsageError

AT_LEAST: dict[str, float] = {
    "EXTRACTION_LANES": 0,
    "EXTRACTION_TIMEOUT": 1e-6,
    "WARC_MAX_BYTES": 1_000,
    "RETRY_AFTER_MAX": 0,
    "CRAWL_DELAY_MAX": 0,
    "DELIVERY_ATTEMPTS": 1,
    "PROGRESS_SECONDS": 0,
}
WHOLE = frozenset({"EXTRACTION_LANES", "WARC_MAX_BYTES", "DELIVERY_ATTEMPTS"})


def check_settings(settings: BaseSettings) -> None:
    """Raise UsageError for the first setting that is no number, or too small."""
    for name, least in AT_LEAST.items():
        value = settings[name]
        try:
            number = int(value) if name in WHOLE else float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not least <= number < math.inf:
            kind = "a whole number" if name in WHOLE else "a number"
            raise UsageError(f"{name}={value!r} must be {kind} of at least {least:g}.")
