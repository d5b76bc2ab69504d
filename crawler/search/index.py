"""The index of one archive: opened, brought up to date, searched."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.arabic.search_forms import VERSION
from crawler.errors import ArchiveError
from crawler.search import catalogue_schema, engine
from crawler.search.catalogue import Catalogue
from crawler.search.engine import DamagedError
from crawler.search.place import Place
from crawler.search.query import Query
from crawler.search.results import Progress, Results, Step, Update
from crawler.search.searching import answer
from crawler.search.update import bring_up_to_date
from crawler.storage import Storage

if TYPE_CHECKING:
    import tantivy

_DAMAGED = "The index of the archive was damaged, so it is made again."


def index_format() -> str:
    """Return the format of an index: another one is made anew. Raises UsageError without the engine."""
    return f"{catalogue_schema.FORMAT} {engine.FORMAT} {engine.engine_format()} {VERSION}"


class Index:
    """The index of an archive. May be used by several threads."""

    def __init__(self, storage: Storage, place: Place) -> None:
        """Made by `open_index`."""
        self._storage = storage
        self._place = place
        self._files: tantivy.Index | None = None
        self._opening = threading.Lock()
        self.catalogue = Catalogue(place.catalogue, storage, self.refresh)
        self.update = Update()  # the last one
        self.notices: list[str] = []  # what was mended, one sentence each
        self.problems: list[str] = []  # what of the archive is not in the index, one sentence each

    def search(self, query: Query) -> Results:
        """Return one page of results. Raises ArchiveError.

        Where the index is damaged, it is made again first.
        """
        try:
            return self._answer(query)
        except (DamagedError, ValueError, sqlite3.DatabaseError):
            self.refresh(wait=True, damaged=True)
            try:
                return self._answer(query)
            except (ValueError, sqlite3.Error) as error:
                raise ArchiveError(f"The index in {self._place.folder} cannot be read: {error}.") from error

    def _answer(self, query: Query) -> Results:
        files = self._opened()
        with self.catalogue.reading() as database:
            return answer(query, files.searcher(), files.schema, database)

    def _opened(self) -> "tantivy.Index":
        with self._opening:
            if self._files is None:
                self._files = engine.open_files(self._place.words)
            return self._files

    def refresh(
        self, progress: Progress | None = None, *, wait: bool = False, damaged: bool = False
    ) -> Update:
        """Bring the index up to date.

        Where another process is doing so, either wait for it, or return at once (`Update.busy`). Raises
        ArchiveError where the archive cannot be listed.
        """
        with self._place.writing(wait=False) as free:
            if free:
                return self._update(progress, damaged=damaged)
        if not wait:
            self._reload()
            return Update(busy=True)
        if progress:
            progress(Step(0, 0, 0, waiting=True))
        with self._place.writing(wait=True):
            return self._update(progress, damaged=damaged)

    def _update(self, progress: Progress | None, *, damaged: bool) -> Update:
        if damaged:
            self._place.clear()
            self.notices.append(_DAMAGED)
        try:
            self.update = self._updated(progress)
        except (DamagedError, sqlite3.DatabaseError) as error:
            if isinstance(error, sqlite3.OperationalError) and "full" in str(error):
                raise ArchiveError(f"The disk with {self._place.folder} is full; free space.") from error
            self._place.clear()
            self.notices.append(_DAMAGED)
            self.update = self._updated(progress)
        self.problems = self.update.problems
        self._reload()
        return self.update

    def _updated(self, progress: Progress | None) -> Update:
        with _opened_to_write(self._place) as (database, files):
            return bring_up_to_date(self._storage, database, files, progress)

    def _reload(self) -> None:
        with self._opening:
            self._files = None


@contextmanager
def _opened_to_write(place: Place) -> Iterator[tuple[sqlite3.Connection, "tantivy.Index"]]:
    """Open both files, which are made where they are missing. Raises sqlite3.Error, DamagedError."""
    if not _is_made(place.catalogue):
        place.clear()
        files = engine.create(place.words)
        catalogue_schema.create(place.catalogue)
    else:
        files = engine.open_files(place.words)
    with closing(catalogue_schema.open_to_write(place.catalogue)) as database:
        yield database, files


def _is_made(catalogue: Path) -> bool:
    """Tell whether making the index was not broken off: its tables come last, in one transaction."""
    return catalogue.exists() and catalogue_schema.is_made(catalogue)


def open_index(archive: Storage, *, cache: Path | None = None, progress: Progress | None = None) -> Index:
    """Open the index of an archive and bring it up to date.

    `cache` is the folder for the indexes of all archives, by default that of the user. Where the archive
    cannot be listed, an index that was made before is opened, with a notice. Raises ArchiveError, and
    UsageError where the engine is not installed.
    """
    place = Place.of(archive, index_format(), cache)
    index = Index(archive, place)
    try:
        index.refresh(progress, wait=True)
    except ArchiveError as error:
        if isinstance(error, DamagedError) or not catalogue_schema.is_complete(place.catalogue):
            raise
        index.problems = [f"The index is not up to date: {error}"]
    place.drop_other_formats()
    return index
