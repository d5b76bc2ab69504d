"""Names in an archive: run ids, file names and keys. Every name is built and parsed here. Pure.

- run: `<yyyymmddHHMMSS>-<site>-<suffix>`, the suffix being six hex digits
- WARC file: `warc/<site>/<yyyy>/<mm>/WARRAQ-<site>-<yyyymmddHHMMSS>-<serial>-<suffix>.warc.gz`
- its index: `cdxj/<site>/<yyyy>/<mm>/<the same name>.cdxj`
- articles: `articles/site=<site>/month=<yyyy-mm>/WARRAQ-<site>-<yyyymmddHHMMSS>-<suffix>-<part>.parquet`
- files of a run: `runs/<run id>/<name>`

All moments are in UTC. The suffix of a file name is that of the run which wrote the file.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from crawler.errors import ArchiveError
from crawler.storage.base import checked_key

ARTICLES_FOLDER = "articles"
UNKNOWN_MONTH = "unknown"  # the month of an article without a certain date
STATS_NAME = "stats.json"
CLOCK_BEHIND = "clock/seconds_behind_newest_run"  # a counter in it, of a run that began before an earlier one
MANIFEST_NAME = "manifest.json"
CHECKSUMS_NAME = "manifest-sha256.txt"
SIGNATURE_NAME = f"{MANIFEST_NAME}.sig"
STAMP_NAME = re.compile(re.escape(MANIFEST_NAME) + r"\.(?P<number>[1-9][0-9]?)\.(?P<kind>tsr|pending)")

_SITE = r"[a-z0-9][a-z0-9_-]{0,62}"
_SUFFIX = r"[0-9a-f]{6}"
_MOMENT = "%Y%m%d%H%M%S"
_SITE_NAME = re.compile(_SITE)
_RUN_ID = re.compile(rf"(?P<stamp>\d{{14}})-(?P<site>{_SITE})-(?P<suffix>{_SUFFIX})")
_FILE_KEY = re.compile(
    r"(?:warc/|cdxj/|articles/site=)(?P<site>[^/]+)/(?:.*/)?[^/]*-(?:"
    rf"(?P<opened>\d{{14}})-\d+-(?P<warc>{_SUFFIX})\.(?:warc\.gz|cdxj)"
    rf"|(?P<began>\d{{14}})-(?P<table>{_SUFFIX})-\d{{5}}\.parquet)"
)
_MERGED_INDEX = re.compile(r"cdxj/[^/]+\.(?:cdxj|json)")


@dataclass(frozen=True, slots=True)
class RunId:
    """The parsed name of a run."""

    stamp: str  # yyyymmddHHMMSS: when the run began
    site: str
    suffix: str  # six lower-case hex digits, which the names of the run's files end with

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parse a run id; return None for any other text."""
        match = _RUN_ID.fullmatch(text)
        return cls(match["stamp"], match["site"], match["suffix"]) if match else None

    @classmethod
    def of(cls, text: str) -> Self:
        """Parse a run id. Raises ArchiveError for any other text."""
        run = cls.parse(text)
        if run is None:
            raise ArchiveError(
                f"{text[:200]!r} names no run; a run is <yyyymmddHHMMSS>-<site>-<six hex digits>."
            )
        return run

    @property
    def began(self) -> datetime:
        """The moment when the run began; aware, UTC. Raises ValueError where the digits are no moment."""
        return datetime.strptime(self.stamp, _MOMENT).replace(tzinfo=UTC)

    def __str__(self) -> str:
        return f"{self.stamp}-{self.site}-{self.suffix}"


def new_run_id(site: str, now: datetime) -> str:
    """Make the id of a new run: unique, and sorting by the moment when the run began."""
    return f"{now.astimezone(UTC):{_MOMENT}}-{site}-{secrets.token_hex(3)}"


def site_of_run(run_id: str) -> str | None:
    """Return the site in a run id; None for any other text."""
    run = RunId.parse(run_id)
    return run.site if run else None


@dataclass(frozen=True, slots=True)
class FileOwner:
    """The site and the run that the key of a WARC file, index or table names."""

    site: str
    suffix: str  # of the run's id
    stamp: str  # yyyymmddHHMMSS: when the WARC file was opened, or when the run of the table began

    @classmethod
    def parse(cls, key: str) -> Self | None:
        """Parse the key of a WARC file, index or table; return None for any other key."""
        match = _FILE_KEY.fullmatch(key)
        if match is None:
            return None
        return cls(match["site"], match["warc"] or match["table"], match["opened"] or match["began"])

    def is_of(self, run: RunId) -> bool:
        """Tell whether the file is one of a run's."""
        return (self.site, self.suffix) == (run.site, run.suffix)


def run_key(run_id: str, name: str) -> str:
    """Return the key of a file in a run's folder."""
    return f"runs/{run_id}/{name}"


def is_seal_name(name: str) -> bool:
    """Tell whether a file of a run's folder is the manifest or proves it, so that no manifest names it."""
    return name in {MANIFEST_NAME, CHECKSUMS_NAME, SIGNATURE_NAME} or STAMP_NAME.fullmatch(name) is not None


def new_warc_key(site: str, run_id: str, *, opened: datetime, serial: int) -> str:
    """Return the key of a run's WARC file; `serial` counts the run's files from 0, `opened` is in UTC."""
    suffix = run_id.rpartition("-")[2]
    return f"warc/{site}/{opened:%Y/%m}/WARRAQ-{site}-{opened:{_MOMENT}}-{serial:05d}-{suffix}.warc.gz"


def cdxj_key(warc_key: str) -> str:
    """Return the key of the index that belongs to a WARC file."""
    return "cdxj/" + warc_key.removeprefix("warc/").removesuffix(".gz").removesuffix(".warc") + ".cdxj"


def warc_key(index_key: str) -> str:
    """Return the key of the WARC file that an index belongs to."""
    return "warc/" + index_key.removeprefix("cdxj/").removesuffix(".cdxj") + ".warc.gz"


def merged_key(site: str, number: int = 0) -> str:
    """Return the key of a file of a site's merged index, numbered from 0.

    It is made of the small indexes, replaced, and named by no manifest.
    """
    return f"cdxj/{site}{f'.{number}' if number else ''}.cdxj"


def merged_list_key(site: str) -> str:
    """Return the key of the list of the files of a site's merged index."""
    return f"cdxj/{site}.json"


def is_merged(key: str) -> bool:
    """Tell whether a key is that of a file of a merged index, or of their list."""
    return _MERGED_INDEX.fullmatch(key) is not None


def table_key(folder: str, *, site: str, month: str, run_id: str, part: int) -> str:
    """Return the key of a run's table in a generation's folder (`articles` for the first one).

    Raises ArchiveError where `site` or `run_id` is no name.
    """
    run = RunId.of(run_id)
    if not _SITE_NAME.fullmatch(site):
        raise ArchiveError(f"{site!r} names no site; a name has lower-case letters, digits, _ and -.")
    name = f"WARRAQ-{site}-{run.stamp}-{run.suffix}-{part:05}.parquet"
    return checked_key(f"{folder}/site={site}/month={month}/{name}")


def month_of(published: str | None) -> str:
    """Return the month (yyyy-mm) of a moment in RFC 3339, on the outlet's calendar: the offset is its own."""
    return published[:7] if published else UNKNOWN_MONTH
