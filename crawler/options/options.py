"""Everything that a user sets for a crawl, read once from the settings into one checked value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal, Self, get_args

from scrapy.settings import BaseSettings

from crawler.archive.canonical import settings_digest, settings_json
from crawler.archive.timestamps import checked_authorities
from crawler.errors import UsageError
from crawler.lanes import cores
from crawler.ledger.entries import Recheck, RequisitePlan
from crawler.options.archive import spool_of, storage_of
from crawler.options.checks import check_names, check_numbers
from crawler.storage import S3Credentials, Storage

_Kind = Literal["none", "images", "all"]
_KINDS: Final[tuple[_Kind, ...]] = get_args(_Kind)
_AGE = re.compile(r"(\d{1,5}) ?([mhdw])")
_UNITS: Mapping[str, timedelta] = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SealOptions:
    """The settings that go into the manifest of a run, and those that sign it."""

    signing_key: Path | None
    authorities: tuple[str, ...]  # addresses of RFC 3161 time stamp authorities
    operator: str | None
    settings_sha256: str  # of all settings, keys to S3 excepted

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """Read the settings. Raises UsageError for an authority that cannot be asked."""
        authorities = checked_authorities(settings.getlist("TIMESTAMP_AUTHORITIES"))
        key = settings["SIGNING_KEY"]
        if authorities and not key:
            raise UsageError("TIMESTAMP_AUTHORITIES stamp signatures: set SIGNING_KEY as well.")
        return cls(
            signing_key=Path(key) if key else None,
            authorities=tuple(authorities),
            operator=settings["OPERATOR"],
            settings_sha256=settings_digest(settings.copy_to_dict()),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """The settings of a crawl. `docs/settings.md` describes each."""

    storage: Storage  # ARCHIVE; not asked yet
    credentials: S3Credentials
    spool: Path  # absolute; of all runs
    spool_max_bytes: int
    clock_tolerance: timedelta  # zero: a wrong clock ends no crawl
    warc_max_bytes: int
    warc_text: bool
    delivery_attempts: int
    uploads_at_once: int
    lanes: int  # processes that read articles
    page_seconds: float  # EXTRACTION_TIMEOUT
    recheck: Recheck
    requisites: RequisitePlan
    user_agent: str
    obeys_robots: bool
    log_format: str
    seal: SealOptions
    settings_json: bytes  # all settings, for a record in the WARC file

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """Read and check the settings. Raises UsageError for the first that has no meaning."""
        check_names(settings)
        check_numbers(settings)
        storage = storage_of(settings)
        return cls(
            storage=storage,
            credentials=S3Credentials.from_settings(settings),
            spool=spool_of(settings, storage),
            spool_max_bytes=settings.getint("SPOOL_MAX_BYTES"),
            clock_tolerance=timedelta(seconds=settings.getfloat("CLOCK_TOLERANCE")),
            warc_max_bytes=settings.getint("WARC_MAX_BYTES"),
            warc_text=settings.getbool("WARC_TEXT"),
            delivery_attempts=settings.getint("DELIVERY_ATTEMPTS"),
            uploads_at_once=settings.getint("UPLOADS_AT_ONCE"),
            lanes=settings.getint("EXTRACTION_LANES") or cores(),
            page_seconds=settings.getfloat("EXTRACTION_TIMEOUT"),
            recheck=recheck_of(settings),
            requisites=requisites_of(settings),
            user_agent=settings["USER_AGENT"],
            obeys_robots=settings.getbool("ROBOTSTXT_OBEY"),
            log_format=settings["LOG_FORMAT"],
            seal=SealOptions.of(settings),
            settings_json=settings_json(settings.copy_to_dict()),
        )


def recheck_of(settings: BaseSettings) -> Recheck:
    """Read RECHECK: ages such as 1h, 6h, 1d, 7d. Empty: never. Raises UsageError for another text."""
    ages = sorted({_age(str(text).strip()) for text in settings.getlist("RECHECK") if str(text).strip()})
    return Recheck(ages=tuple(ages))


def requisites_of(settings: BaseSettings) -> RequisitePlan:
    """Read REQUISITES and its bounds, whose numbers are checked already. Raises UsageError."""
    value = settings["REQUISITES"]
    kind = next((kind for kind in _KINDS if kind == value), None)
    if kind is None:
        raise UsageError(f"REQUISITES={value!r} must be {', '.join(_KINDS[:-1])} or {_KINDS[-1]}.")
    return RequisitePlan(
        kind=kind,
        per_page=settings.getint("REQUISITES_PER_PAGE"),
        max_bytes=settings.getint("REQUISITE_MAX_BYTES"),
        seconds=settings.getfloat("REQUISITES_SECONDS_MAX"),
        hosts=settings.getint("REQUISITES_HOSTS_MAX"),
    )


def _age(text: str) -> timedelta:
    match = _AGE.fullmatch(text)
    if match is None or not int(match[1]):
        raise UsageError(
            f"RECHECK holds {text!r}, which is not an age: write 30m, 6h, 1d or 2w with commas between."
        )
    return int(match[1]) * _UNITS[match[2]]
