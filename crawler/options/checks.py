"""Checks of the project's own settings: the bounds of numbers, and names that are spelled wrong."""

import math

from scrapy.settings import BaseSettings, default_settings

from crawler.errors import UsageError

# All settings of settings/base.py that Scrapy does not have.
OWN_SETTINGS = frozenset(
    {
        "ARCHIVE",
        "BUSY_ANSWERS_MAX",
        "BUSY_SECONDS_MAX",
        "CLOCK_TOLERANCE",
        "CONNECT_TO",
        "CONTACT_URL",
        "CRAWL_DELAY_MAX",
        "DELIVERY_ATTEMPTS",
        "EXTRACTION_LANES",
        "EXTRACTION_TIMEOUT",
        "HEADERS_MAXSIZE",
        "HEALTH_EMAIL_TO",
        "HEALTH_IGNORE",
        "HEALTH_WEBHOOK",
        "OBJECT_LOCK_DAYS",
        "OBJECT_LOCK_MODE",
        "OPERATOR",
        "PRIVATE_HOSTS",
        "PROGRESS_SECONDS",
        "RECHECK",
        "REQUISITES",
        "REQUISITES_HOSTS_MAX",
        "REQUISITES_PER_PAGE",
        "REQUISITES_SECONDS_MAX",
        "REQUISITE_MAX_BYTES",
        "RETRY_AFTER_MAX",
        "ROBOTS_MAXSIZE",
        "RUN_REPORT",
        "SIGNING_KEY",
        "SPOOL",
        "SPOOL_MAX_BYTES",
        "SUMMARY_TABLE",
        "TIMESTAMP_AUTHORITIES",
        "UPLOADS_AT_ONCE",
        "WARC_MAX_BYTES",
        "WARC_TEXT",
    }
)
MAX_TYPOS = 2  # letters by which a name may differ from one of ours and still be taken for it

AT_LEAST: dict[str, float] = {
    "EXTRACTION_LANES": 0,
    "CLOCK_TOLERANCE": 0,
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
    "UPLOADS_AT_ONCE": 8,  # boto3 keeps ten connections
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


def check_names(settings: BaseSettings) -> None:
    """Raise UsageError for a setting whose name is almost one of ours.

    Scrapy ignores a setting that nothing reads, so a misspelled name would go unnoticed. Names of Scrapy and
    of other packages pass.
    """
    for name in sorted(set(settings) - OWN_SETTINGS):
        if hasattr(default_settings, name):
            continue
        meant = next((own for own in sorted(OWN_SETTINGS) if _is_near(name.upper(), own)), None)
        if meant is not None:
            raise UsageError(f"There is no setting {name}. Did you mean {meant}?")


def check_numbers(settings: BaseSettings) -> None:
    """Raise UsageError for the first of our settings that is not a number, or too small or too large."""
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


def _is_near(name: str, own: str) -> bool:
    """Compare by Levenshtein distance: letters added, left out or replaced."""
    if abs(len(name) - len(own)) > MAX_TYPOS:
        return False
    row = list(range(len(own) + 1))
    for i, letter in enumerate(name, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(own, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (letter != other))
    return row[-1] <= MAX_TYPOS
