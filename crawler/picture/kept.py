"""Finds the pictures of a record that earlier runs kept."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from crawler.archive.names import RunId
from crawler.errors import ArchiveError
from crawler.storage import Storage
from crawler.tables.subject import Subject

LIST = "pictures.json"  # in the folder of the run
_MAX_LIST = 1_000_000  # bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """One picture in the archive."""

    kind: str  # image/png or application/pdf
    warc_file: str
    warc_offset: int
    warc_length: int
    refers_to: str  # id of the record of the page
    url: str
    moment: datetime  # aware
    software: str


def as_json(pictures: Sequence[Kept]) -> bytes:
    """Return the list of a run's pictures."""
    rows = [asdict(picture) | {"moment": picture.moment.isoformat()} for picture in pictures]
    return json.dumps(rows, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"


def newest_pictures(storage: Storage, subject: Subject) -> list[Kept]:
    """Return the pictures of a record that the newest run made; none where there are none."""
    for key in _lists(storage, subject):
        with storage.open(key, 0, _MAX_LIST) as stream:
            data = stream.read()
        try:
            found = [_kept(row) for row in json.loads(data)]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ArchiveError(f"{key} in {storage.address} is no list of pictures: {error}.") from error
        of_page = [picture for picture in found if picture.refers_to == subject.record_id]
        if of_page:
            return of_page
    return []


def _lists(storage: Storage, subject: Subject) -> Iterator[str]:
    """Yield the lists of the site's runs that began behind the page's record, the newest first."""
    names = (RunId.parse(name.rstrip("/")) for name in storage.list_names("runs/"))
    since = f"{subject.moment:%Y%m%d%H%M%S}"
    runs = [run for run in names if run is not None and run.site == subject.site and run.stamp >= since]
    for run in sorted(runs, key=str, reverse=True):
        if LIST in storage.list_names(f"runs/{run}/"):
            yield f"runs/{run}/{LIST}"


def _kept(row: dict[str, Any]) -> Kept:
    return Kept(**(row | {"moment": datetime.fromisoformat(row["moment"])}))
