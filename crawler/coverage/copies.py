"""Open a site's ledger for reading: this machine's where it holds all that the archive's copies hold."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from crawler.errors import ArchiveError
from crawler.ledger.adoption import adopt
from crawler.ledger.changes import held_entries
from crawler.ledger.checkpoint import ledger_path, read_list
from crawler.ledger.copies import Copy as LedgerCopy
from crawler.ledger.copies import CopyList, list_key
from crawler.ledger.desk import ledger_failed
from crawler.ledger.schema import open_database
from crawler.ledger.steps import STEPS
from crawler.ledger.transport import Progress, fetch_copy
from crawler.storage.base import Storage

_ENDINGS = (".json", ".sqlite")


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """A ledger opened for reading, and where it lies."""

    database: sqlite3.Connection
    place: Literal["archive", "spool"]
    last_run: str  # id of the youngest run in it; empty: none


def sites_with_ledgers(spool: Path, storage: Storage) -> list[str]:
    """Return the names of the sites with a ledger in the archive or on this machine. Raises ArchiveError."""
    names = [*storage.list_names("ledger/"), *(path.name for path in (spool / "ledger").glob("*.sqlite"))]
    return sorted({name.partition(".")[0] for name in names if name.endswith(_ENDINGS)})


@contextmanager
def open_copy(spool: Path, storage: Storage, site: str) -> Iterator[Copy]:
    """Open a site's ledger for reading; nothing in the spool is changed.

    Raises ArchiveError where the site has no ledger or it cannot be read.
    """
    listed = read_list(storage, site)
    living = ledger_path(spool, site)
    name = living
    with TemporaryDirectory(prefix="warraq-coverage-") as folder:
        path, own = Path(folder) / "ledger.sqlite", living.exists()
        try:
            wanted: Sequence[LedgerCopy] = () if listed is None else listed.copies
            if own:
                held = _prepare(living, path, listed)
                wanted = () if listed is None else listed.after(held)
            if wanted:
                name = Path(list_key(site))
            _fetch(storage, site, wanted, path)
            if not own and not wanted:
                raise ArchiveError(
                    f"The archive {storage.address} holds no ledger of {site}: it was not crawled yet."
                )
            database = _opened(path if path.exists() else living)
        except (sqlite3.Error, OSError) as error:
            raise ledger_failed(name, error) from error
        try:
            database.execute("BEGIN")  # all questions see the same state, also beside a crawl
            last = database.execute("SELECT run_id FROM runs ORDER BY number DESC, run_id DESC").fetchone()
            yield Copy(
                database=database,
                place="archive" if wanted else "spool",
                last_run=last[0] if last else "",
            )
        except sqlite3.Error as error:
            raise ledger_failed(name, error) from error
        finally:
            database.close()


def _prepare(living: Path, path: Path, listed: CopyList | None) -> int:
    """Return how many listed copies this machine's ledger holds.

    Copies it to `path` where it lacks some, to be completed, or is of an older version, to be migrated.
    """
    with closing(_opened(living)) as database:
        [version] = database.execute("PRAGMA user_version").fetchone()
        if version == len(STEPS):
            held = 0 if listed is None else held_entries(database, listed)
            if listed is None or held == listed.entries:
                return held
        database.execute("VACUUM INTO ?", (str(path),))
    with closing(open_database(path)) as database:
        return 0 if listed is None else held_entries(database, listed)


def _opened(path: Path) -> sqlite3.Connection:
    """Open for reading; a run that goes on does not wait for it."""
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    database.execute("PRAGMA trusted_schema = OFF")
    return database


def _fetch(storage: Storage, site: str, wanted: Sequence[LedgerCopy], path: Path) -> None:
    """Bring copies and merge them into the ledger at `path`, which may be there already."""
    progress = Progress(site, wanted)
    for copy in wanted:
        if not path.exists():
            fetch_copy(storage, copy, path, progress)
            open_database(path).close()
            continue
        fetched = path.with_name("fetched.sqlite")
        fetch_copy(storage, copy, fetched, progress)
        with closing(open_database(path)) as database:
            adopt(database, fetched)
