"""Read the numbers of a run from `runs/<run_id>/stats.json`. An archive is hostile input: all is checked."""

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Self

from crawler.archive.names import site_of_run
from crawler.errors import ArchiveError
from crawler.health.rhythm import Rhythm
from crawler.storage import Storage

MAX_BYTES = 8_000_000  # of one stats.json; a run with a thousand files has 300 KB
MAX_NAMES = 10_000  # in one table of counters
RUNS_KEPT = 10  # whole runs that a run is compared with
AFTER_ALL_RUNS = ":"  # sorts behind every run id, which begins with a digit
RUNS_LOOKED_AT = 40  # runs that are read to find them

FIELDS = "articles/field/"  # prefix of counters that crawler.extensions.health keeps, as are the next five
ANSWERS = "articles/answers/"
FUTURE = "articles/dated/future"
ANCIENT = "articles/dated/too-early"
FIRST = "health/first/"  # outcomes of the pages that a run asked for the first time
RECENT = "health/recent"  # new articles of the last days, or without a date
YIELD = "health/expected_yield"
BOUNDED = "health/bounded"
RHYTHM_ARTICLES = "health/rhythm/articles"  # these three hold a Rhythm
RHYTHM_SECONDS = "health/rhythm/seconds"
QUIET_SECONDS = "health/rhythm/quiet_seconds"
ARTICLE = "article"  # among the outcomes: the page gave an article
WAITING = "left/waiting"
_STATUS = "downloader/response_status_count/"


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """The numbers of one run. No count is negative."""

    run_id: str
    site: str
    began: datetime | None  # aware
    ended: datetime | None
    reason: str  # Scrapy's finish reason
    seconds: float
    found: int
    fetched: int
    unchanged: int
    articles: int
    lists: int
    lists_unchanged: int = 0  # included in `lists`
    starts: int = 0  # lists that the site's description names
    runs: int = 1  # that the numbers are the sums of
    bytes_received: int
    errors: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    failed_lists: Mapping[str, int] = field(default_factory=dict)
    failed_starts: Mapping[str, int] = field(default_factory=dict)  # included in `failed_lists`
    refused: Mapping[str, int] = field(default_factory=dict)
    first: Mapping[str, int] = field(default_factory=dict)  # `article` or a reason -> pages, see FIRST
    recent: int | None = None  # see RECENT; None: not counted
    waiting: int | None = None  # pages that lists named and the archive does not have; None: not counted
    statuses: Mapping[str, int] = field(default_factory=dict)  # HTTP status -> answers
    fields: Mapping[str, int] = field(default_factory=dict)  # field -> articles that have it
    answer_times: Mapping[str, int] = field(default_factory=dict)  # upper bound in milliseconds -> answers
    future: int = 0  # articles dated after they were fetched
    ancient: int = 0  # articles dated before 1990
    expected_yield: int = 0  # articles a day, as Site.expected_yield was then; 0: not given
    bounded: bool = False  # limit, since or until asked for a part of the site
    rhythm: Rhythm = field(default_factory=Rhythm)  # with the new articles of this run
    files: tuple[str, ...] = ()  # keys of the files delivered before the record was written

    @classmethod
    def of(cls, record: Mapping[str, Any], run_id: str) -> Self:
        """Build a record from the JSON of stats.json. A value that is missing or of a wrong type is empty."""
        counters = _table(record.get("counters"))
        articles, dropped = _count(record.get("articles")), _counts(record.get("dropped"))
        is_counted = RECENT in counters  # also whether FIRST was; older records have all pages together
        return cls(
            run_id=run_id,
            site=site_of_run(run_id) or "",
            began=_moment(record.get("began")),
            ended=_moment(record.get("ended")),
            reason=_text(record.get("reason")),
            seconds=_number(record.get("seconds")),
            found=_count(record.get("found")),
            fetched=_count(record.get("fetched")),
            unchanged=_count(record.get("unchanged")),
            articles=articles,
            lists=_count(record.get("lists")),
            lists_unchanged=_count(record.get("lists_unchanged")),
            starts=_count(counters.get("discovery/starts")),
            runs=max(_count(record.get("runs")), 1),
            bytes_received=_count(record.get("bytes_received")),
            errors=_count(record.get("errors")),
            dropped=dropped,
            failed=_counts(record.get("failed")),
            failed_lists=_counts(record.get("failed_lists")),
            failed_starts=_counts(record.get("failed_starts")),
            refused=_counts(record.get("refused")),
            first=_below(counters, FIRST) if is_counted else {**dropped, ARTICLE: articles},
            recent=_count(counters.get(RECENT)) if is_counted else None,
            waiting=_count(counters[WAITING]) if WAITING in counters else None,
            statuses=_below(counters, _STATUS),
            fields=_below(counters, FIELDS),
            answer_times=_below(counters, ANSWERS),
            future=_count(counters.get(FUTURE)),
            ancient=_count(counters.get(ANCIENT)),
            expected_yield=_count(counters.get(YIELD)),
            bounded=bool(counters.get(BOUNDED)),
            rhythm=Rhythm(
                articles=_number(counters.get(RHYTHM_ARTICLES)),
                seconds=_number(counters.get(RHYTHM_SECONDS)),
                quiet=_number(counters.get(QUIET_SECONDS)),
            ),
            files=_keys(record.get("files")),
        )

    @property
    def whole(self) -> bool:
        """Whether other runs may be compared with this one: it finished, was not bounded and read a list."""
        return self.reason == "finished" and not self.bounded and self.lists > 0

    @property
    def confirmed(self) -> int:
        """The articles that the run read or found unchanged."""
        return self.articles + self.unchanged

    @property
    def measure(self) -> int:
        """The number that says how much a run brought: new articles; in older records, all confirmed ones."""
        return self.confirmed if self.recent is None else self.recent

    @property
    def pages_tried(self) -> int:
        return self.fetched + self.unchanged + sum(self.failed.values())

    def share(self, name: str) -> float | None:
        """Return the share of articles with a field, from 0 to 1; None where fields were not counted."""
        return self.fields.get(name, 0) / self.articles if self.articles and self.fields else None


def read_record(storage: Storage, run_id: str) -> RunRecord:
    """Read the record of a run. Raises ArchiveError where it is missing or damaged."""
    key = f"runs/{run_id}/stats.json"
    with storage.open(key) as stream:
        content = stream.read(MAX_BYTES + 1)
    return parse_record(content, run_id, f"{key} in {storage.address}")


def parse_record(content: bytes, run_id: str, name: str) -> RunRecord:
    """Parse the bytes of a stats.json. Raises ArchiveError, naming the file, where they hold no record."""
    if len(content) > MAX_BYTES:
        raise ArchiveError(f"{name} has more than {MAX_BYTES:,} bytes and is therefore no record of a run.")
    try:
        record = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ArchiveError(f"{name} cannot be read: {error}.") from error
    if not isinstance(record, dict):
        raise ArchiveError(f"{name} cannot be read: it is no JSON object.")
    return RunRecord.of(record, run_id)


def last_records(storage: Storage, site: str, before: str, recent: Collection[str] = ()) -> list[RunRecord]:
    """Read the records of the site's last whole runs that began before the run `before`, newest first.

    Returns RUNS_KEPT records at most, out of the last RUNS_LOOKED_AT runs. `recent` are ids of the site's
    last runs, if they are known. Raises ArchiveError where the archive cannot be listed.
    """
    whole = (record for record in records_of(storage, runs_of(storage, site, recent), before) if record.whole)
    return list(islice(whole, RUNS_KEPT))


def runs_of(storage: Storage, site: str, recent: Collection[str] = ()) -> list[str]:
    """Return the ids of a site's runs, newest first: all, or RUNS_LOOKED_AT at least.

    `recent` are ids of the site's last runs, if they are known: enough of them save a listing of all runs.
    Raises ArchiveError where the archive cannot be listed.
    """
    after = min(recent) if len(recent) >= RUNS_LOOKED_AT else ""
    return runs_among(storage.list_names("runs/", after), site)


def runs_among(names: Iterable[str], site: str) -> list[str]:
    """Return the ids of a site's runs among the names in `runs/`, newest first."""
    return sorted((run for name in names if site_of_run(run := name.removesuffix("/")) == site), reverse=True)


def records_of(storage: Storage, runs: Sequence[str], before: str = AFTER_ALL_RUNS) -> Iterator[RunRecord]:
    """Yield the records of the last RUNS_LOOKED_AT of these runs that began before a run, newest first.

    Skips compactions and the like, and runs without a readable record.
    """
    for run in [run for run in runs if run < before][:RUNS_LOOKED_AT]:
        try:
            record = read_record(storage, run)
        except ArchiveError:  # a killed run has no record; scrapy verify reports damage
            continue
        if record.reason:
            yield record


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > MAX_NAMES:
        return {}
    return {str(name)[:200]: each for name, each in value.items()}


def _counts(value: object) -> dict[str, int]:
    return {name: _count(each) for name, each in _table(value).items() if _count(each)}


def _below(counters: Mapping[str, Any], prefix: str) -> dict[str, int]:
    return _counts({name.removeprefix(prefix): n for name, n in counters.items() if name.startswith(prefix)})


def _count(value: object) -> int:
    return int(_number(value))


def _number(value: object) -> float:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**63
    return value if fits and not math.isnan(value) else 0  # type: ignore[arg-type, return-value]


def _text(value: object) -> str:
    return value[:200] if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def _keys(value: object) -> tuple[str, ...]:
    files = value if isinstance(value, list) else []
    return tuple(_text(file.get("key")) for file in files if isinstance(file, dict))
