"""Gather the values of a run's report from the files of the run, in the archive or still in the spool.

All values but the counters of stats.json come from indexes and articles, so that a report can be made again
at any time. Raises ArchiveError for files that cannot be read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.archive.cdxj_index import read_index
from crawler.errors import ArchiveError
from crawler.health import RunRecord, State, Verdict, judge, last_records
from crawler.health.record import MAX_BYTES, parse_record
from crawler.health.site_state import facts_of
from crawler.health.state_file import state_before
from crawler.report.stories import COLUMNS, ROWS, Stories
from crawler.report.traffic import Traffic
from crawler.site import Site
from crawler.storage import Entry, Storage
from crawler.storage.durable import UNFINISHED_SUFFIXES
from crawler.storage.folder import FolderStorage
from crawler.tables.reader import read_table

_FOLDERS = ("cdxj", "articles", "warc")


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlet:
    """The outlet of a site."""

    name: str  # of the site in the archive
    arabic: str
    english: str
    country: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RunReport:
    """The values that the page of a run shows."""

    outlet: Outlet
    record: RunRecord
    before: Sequence[RunRecord]  # the site's complete runs before it, newest first
    verdicts: Sequence[Verdict]
    traffic: Traffic
    stories: Stories
    warc_bytes: int
    unread: Sequence[str]  # sentences about files of the run that could not be read


def gather(
    storage: Storage, run_id: str, *, site: Site | None, spool: Path | None = None, ignore: Sequence[str] = ()
) -> RunReport:
    """Gather a run's values; files in `spool`, the run's folder of the spool, count as the archive's."""
    files = _Files(storage, spool)
    record = files.record(run_id)
    traffic, stories, unread = Traffic(), Stories(), []
    warc_bytes = 0
    for place, entry in files.of(record):
        try:
            if entry.key.startswith("cdxj/"):
                for line in read_index(place, entry.key):
                    traffic.add(line)
            elif entry.key.endswith(".parquet"):
                for row in read_table(place, entry, COLUMNS, batch=ROWS):
                    stories.add(row)
            elif entry.key.startswith("warc/"):
                warc_bytes += entry.size
        except ArchiveError as error:
            unread.append(str(error))
    before = last_records(storage, record.site, run_id)
    state = state_before(storage, record.site, run_id, ignore=ignore)
    verdicts = judge(facts_of(state, record), ignore=ignore)
    return RunReport(
        outlet=_outlet(record.site, site, stories),
        record=record,
        before=before,
        # at the end of a run it is not known yet whether its manifest arrives
        verdicts=[each for each in verdicts if each.check not in {"spool", "manifest"}],
        traffic=traffic,
        stories=stories,
        warc_bytes=warc_bytes,
        unread=unread,
    )


def not_well(report: RunReport) -> list[Verdict]:
    """Return the bad verdicts of a report."""
    return [verdict for verdict in report.verdicts if verdict.state is State.BAD]


def _outlet(name: str, site: Site | None, stories: Stories) -> Outlet:
    own_name = stories.outlet or name
    if site is None:
        return Outlet(name=name, arabic=own_name, english=name, country=stories.country)
    # a site without a description has its host as its name; its pages may have a better one
    arabic = site.outlet_ar if site.outlet_ar != site.domain else own_name
    return Outlet(name=name, arabic=arabic, english=site.outlet_en, country=site.country or stories.country)


class _Files:
    """The files of one run, in the spool or in the archive."""

    def __init__(self, storage: Storage, spool: Path | None) -> None:
        self._storage = storage
        self._spool = spool

    def record(self, run_id: str) -> RunRecord:
        key = f"runs/{run_id}/stats.json"
        place = self._place(key)
        with place.open(key) as stream:
            return parse_record(stream.read(MAX_BYTES + 1), run_id, f"{key} in {place.address}")

    def of(self, record: RunRecord) -> Iterator[tuple[Storage, Entry]]:
        seen = set()
        if self._spool is not None and self._spool.is_dir():
            waiting = FolderStorage(self._spool)
            for entry in waiting.list():
                if entry.key.partition("/")[0] in _FOLDERS and not entry.key.endswith(UNFINISHED_SUFFIXES):
                    seen.add(entry.key)
                    yield waiting, entry
        for key in record.files:
            if key in seen or key.partition("/")[0] not in _FOLDERS:
                continue
            found = next((entry for entry in self._storage.list(key) if entry.key == key), None)
            if found is not None:
                yield self._storage, found

    def _place(self, key: str) -> Storage:
        if self._spool is not None and (self._spool / key).is_file():
            return FolderStorage(self._spool)
        return self._storage
