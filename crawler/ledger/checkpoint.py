"""The copies of a ledger in the archive: what other machines learn from, and what a lost ledger is made of.

Each run adds a copy of what it changed, `ledger/<site>.<name>.sqlite`; none replaces another one's rows.
`ledger/<site>.json` lists the copies (see `copies.py`). A machine that opens its ledger merges the copies
that it does not hold. Files are asked for by name, because the listing of a folder may be out of date.
"""

import logging
import secrets
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from crawler.archive.names import RunId
from crawler.errors import ArchiveError
from crawler.ledger.copies import MAX_BYTES, Copy, CopyList, first_list, is_copy_key, list_key, to_merge
from crawler.ledger.copying import make_own, merged_to
from crawler.ledger.ledger import Ledger
from crawler.ledger.transport import Progress, cut, fetch_copy
from crawler.storage.base import MissingError, Storage
from crawler.storage.durable import make_folder
from crawler.storage.fence import replace_fenced
from crawler.storage.lease import Lease

logger = logging.getLogger(__name__)

LEDGERS = "ledger"  # the folder of ledgers in the spool and of copies in the archive
_SMALL = 4 << 20  # bytes of a ledger that is copied whole each time
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY = 0xFF  # mask: the low byte of an extended SQLite error code is the primary code


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A copy in the folder of a run, to be delivered and then listed."""

    run_id: str
    copy: Copy
    folder: Path
    known: tuple[str, int] | None  # id and length of the series that the ledger holds; None: of none
    whole: bool  # it holds all rows of the ledger
    replaces: int  # of the last copies in the list, whose rows it holds

    @property
    def is_delivered(self) -> bool:
        """Whether all its files have left the spool: they were read back from the archive."""
        return not any((self.folder / part.key).exists() for part in self.copy.parts)


def ledger_path(spool: Path, site: str) -> Path:
    """Return the path of a site's ledger on this machine."""
    return spool / LEDGERS / f"{site}.sqlite"


def read_list(storage: Storage, site: str) -> CopyList | None:
    """Read the list of a site's copies, None where the archive has none. Raises ArchiveError."""
    content = storage.cell(list_key(site), MAX_BYTES).read().content
    listed = None if content is None else CopyList.parse(content, site)
    if listed is not None and listed.is_of_first_version:
        try:
            storage.open(listed.copies[0].parts[0].key, 0, 1).close()
        except MissingError:  # version 0.1 wrote the description before the copy
            return None
    return listed


def open_ledger(spool: Path, storage: Storage, site: str) -> Ledger:
    """Open the site's ledger on this machine and merge what other machines left. Raises ArchiveError."""
    return Copies(spool, storage, site).open()


class Copies:
    """The copies of the ledger of one site, for one run, which has the lease of the site."""

    def __init__(self, spool: Path, storage: Storage, site: str) -> None:
        self._path = ledger_path(spool, site)
        self._storage = storage
        self.site = site
        self._listed: CopyList | None = None
        self._is_new = False

    @property
    def is_new(self) -> bool:
        """Whether neither this machine nor the archive had a ledger of the site before `open`."""
        return self._is_new

    def remove(self) -> None:
        """Remove the closed ledger from this machine. Raises OSError."""
        for ending in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)

    @property
    def recent_runs(self) -> list[str]:
        """The runs of the last copies in the list, as it was when the ledger was opened."""
        names = self._listed.recent if self._listed else ()
        runs = (RunId.parse(text) for name in names for text in (name, name.rpartition("-")[0]))
        return [str(run) for run in runs if run is not None]

    def open(self) -> Ledger:
        """Open the ledger and merge the copies that it does not hold.

        Renames a damaged file and starts a new ledger. Raises ArchiveError.
        """
        self._listed = listed = read_list(self._storage, self.site)
        self._is_new = listed is None and not self._path.exists()
        try:
            ours = _opened(self._path)
            held = ours.reconcile(listed)
        except (sqlite3.Error, OSError) as error:
            raise ArchiveError(f"The ledger {self._path} cannot be used: {error}.") from error
        if listed is None or not listed.after(held):
            return ours
        try:
            return self._merge(ours, listed, listed.after(held))
        except (sqlite3.Error, OSError) as error:
            raise ArchiveError(
                f"A copy of the ledger in the archive, listed by {list_key(self.site)}, is no use: {error}. "
                "If it is damaged, move that list away: the next run writes a new copy and list."
            ) from error

    def write(self, ledger: Ledger, folder: Path, run_id: str) -> Written:
        """Write a copy of the ledger, or of what changed, into the folder of a run in the spool.

        Raises ArchiveError, OSError, sqlite3.Error.
        """
        shutil.rmtree(folder / LEDGERS, ignore_errors=True)  # of an earlier attempt
        name = f"{run_id}-{secrets.token_hex(2)}"
        path = folder / f".{name}" / "copy.sqlite"
        make_folder(path.parent)
        try:
            known, listed = ledger.copied, self._listed
            held = 0 if listed is None else sum(copy.size for copy in listed.copies[1:])
            whole = known is None or known.whole or listed is None or max(_SMALL, held * 2) > ledger.size
            ledger.copy_to(path, name, whole=whole)
            replaces = 0
            if whole:
                replaces = len(listed.copies) if listed else 0
            elif listed is not None:
                path, replaces = self._merged(listed, path)
            parts = cut(path, folder, self.site, name)
        finally:
            shutil.rmtree(folder / f".{name}")
        return Written(
            run_id=run_id,
            copy=Copy(name=name, last=0, parts=parts),
            folder=folder,
            known=(known.log, known.entries) if known else None,
            whole=whole,
            replaces=replaces,
        )

    def publish(self, written: Written, lease: Lease) -> bool:
        """List a copy whose files are in the archive, and remove those whose rows it holds.

        Returns False, and does nothing, where it was not delivered. Raises LeaseLostError where another run
        has the site now, and ArchiveError; the rows then go into the next copy of this machine.
        """
        if not written.is_delivered:
            return False
        lists: list[CopyList | None] = [None, None]  # before and after

        def make(content: bytes | None) -> bytes:
            there = None if content is None else CopyList.parse(content, self.site)
            listed = self._with(there, written)
            lists[:] = there, listed
            return listed.to_bytes(lease.generation)

        replace_fenced(self._storage.cell(list_key(self.site), MAX_BYTES), lease, make)
        before, after = ({} if each is None else each.keys() for each in lists)
        if set(before) - set(after):
            self._tidy(set(before), set(after))
        return True

    def _tidy(self, before: set[str], after: set[str]) -> None:
        """Remove copies that are listed no more, and those of runs that could not list theirs."""
        try:
            names = (entry.key for entry in self._storage.list(f"ledger/{self.site}."))
            unlisted = {key for key in names if is_copy_key(key, self.site)} - after
            for key in sorted(unlisted | (before - after)):
                self._storage.remove(key)
        except ArchiveError as error:  # perhaps this key may not delete; nothing reads the files any more
            logger.info("%s", error)

    def _with(self, there: CopyList | None, written: Written) -> CopyList:
        if there is None or (self._listed is None and there.is_of_first_version):
            if written.whole:
                return first_list(written.run_id, secrets.token_hex(8), written.copy)
        elif written.known == (there.log, there.entries):
            return there.with_entry(written.run_id, written.copy, replaces=written.replaces)
        elif written.whole or (written.known and written.known[0] == there.log):
            return there.with_entry(written.run_id, written.copy, replaces=0)
        raise ArchiveError(
            f"{list_key(self.site)} in the archive was removed or replaced during the run; "
            "the next run writes a new copy of the whole ledger."
        )

    def _merged(self, listed: CopyList, path: Path) -> tuple[Path, int]:
        """Merge the last copies of the list and this one, if it is time; return the file and their number."""
        count = to_merge([*(copy.size for copy in listed.copies[1:]), path.stat().st_size]) - 1
        if not count:
            return path, 0
        copies = listed.copies[-count:]
        progress, paths = Progress(self.site, copies), []
        merged = path.with_name("merged.sqlite")
        try:
            for number, copy in enumerate(copies):
                paths.append(path.with_name(f"{number}.sqlite"))
                fetch_copy(self._storage, copy, paths[-1], progress)
            merged_to([*paths, path], merged)
        except (ArchiveError, sqlite3.Error) as error:  # a later run merges them
            logger.warning("The copies of the ledger are not merged: %s", error)
            return path, 0
        return merged, count

    def _merge(self, ours: Ledger, listed: CopyList, wanted: list[Copy]) -> Ledger:
        """Merge copies into the ledger and return it open; it is closed after an error."""
        logger.info(
            "%s: the archive has a later ledger (of run %s); it is fetched.", self.site, listed.run_id
        )
        fetched = self._path.with_name(f"{self._path.name}.fetched")
        progress = Progress(self.site, wanted)
        try:
            for copy in wanted:
                fetch_copy(self._storage, copy, fetched, progress)
                if copy is listed.copies[0] and ours.is_empty:
                    ours = self._replaced(ours, fetched)
                else:
                    ours.adopt(fetched)
            ours.note_adopted(listed)
        except BaseException:
            ours.close()
            raise
        finally:
            for suffix in ("", "-wal", "-shm"):
                fetched.with_name(fetched.name + suffix).unlink(missing_ok=True)
        return ours

    def _replaced(self, ours: Ledger, fetched: Path) -> Ledger:
        """Put a fetched copy of all rows in the place of an empty ledger: faster than entering each row."""
        ours.check(fetched)
        make_own(fetched)
        ours.close()
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        fetched.replace(self._path)
        return Ledger(self._path)


def _opened(path: Path) -> Ledger:
    try:
        return Ledger(path)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & _PRIMARY not in _DAMAGED:  # a full disk does not mean a damaged file
            raise
        aside = path.with_name(f"{path.name}.damaged-{path.stat().st_mtime_ns}")
        logger.warning("The ledger %s is damaged (%s); it is renamed to %s.", path, error, aside.name)
        path.rename(aside)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return Ledger(path)
