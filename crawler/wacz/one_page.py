"""Makes the WACZ of one capture: its record, its requisites, and what these refer to."""

from datetime import timedelta
from pathlib import Path

from crawler.storage import Storage
from crawler.tables.subject import Subject
from crawler.wacz.selection import Addresses, Selection
from crawler.wacz.writer import write_wacz


def write_page(path: Path, storage: Storage, subject: Subject, *, software: str) -> None:
    """Write a new file; the moment in an index is in whole seconds. Raises ArchiveError and OSError."""
    since = subject.moment.replace(microsecond=0)
    selection = Selection(
        site=subject.site,
        since=since,
        until=since + timedelta(seconds=1),
        addresses=Addresses([subject.url]),
    )
    with path.open("xb") as sink:
        write_wacz(sink, storage, selection, software=software)
