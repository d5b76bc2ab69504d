"""Reads which pages the operator withholds from readers: search, reading room, export, replay and WACZ.

A decision is a small file in a run of its own (`runs/<run_id>/withheld.json`). The newest decision about a
page counts. The bytes of the page stay in the archive, and `scrapy verify` reads them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from crawler.archive.canonical import canonical_json
from crawler.archive.names import RunId
from crawler.archive.surt import surt_key
from crawler.errors import ArchiveError
from crawler.storage import Storage

FORMAT = "warraq-withheld/1"
NAME = "withheld.json"  # in the folder of the run
_MAX_BYTES = 4_000_000  # of one decision


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """A page is withheld, or no longer."""

    withhold: bool  # False: a page that was withheld is shown again
    site: str
    page: str  # canonical address
    urls: tuple[str, ...]  # under which the archive holds it, its further pages and its pictures
    ids: tuple[str, ...]  # of the versions of its article, when it was decided
    reason: str
    operator: str | None
    moment: datetime  # aware

    def to_bytes(self) -> bytes:
        return canonical_json(
            {
                "format": FORMAT,
                "withhold": self.withhold,
                "site": self.site,
                "page": self.page,
                "urls": list(self.urls),
                "ids": list(self.ids),
                "reason": self.reason,
                "operator": self.operator,
                "moment": self.moment.isoformat(),
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Parse a decision. Raises ValueError for other bytes."""
        value = json.loads(data)
        if not isinstance(value, dict) or value.pop("format", None) != FORMAT:
            raise ValueError("it is of another kind")
        try:
            decision = cls(
                **value
                | {
                    "urls": tuple(value["urls"]),
                    "ids": tuple(value["ids"]),
                    "moment": datetime.fromisoformat(value["moment"]),
                }
            )
        except (TypeError, KeyError) as error:
            raise ValueError(f"its fields are wrong ({error})") from None
        if decision.moment.tzinfo is None or not isinstance(decision.withhold, bool):
            raise ValueError("its moment has no zone, or it decides nothing")
        return decision


@dataclass(frozen=True, slots=True)
class Withheld:
    """The pages that are withheld now."""

    pages: Mapping[str, Decision] = field(default_factory=dict)  # by canonical address
    ids: frozenset[str] = frozenset()  # of their articles
    keys: frozenset[str] = frozenset()  # of their addresses in an index (surt_key)
    sites: frozenset[str] = frozenset()  # that have such pages

    def __bool__(self) -> bool:
        return bool(self.pages)

    def hides(self, row: Mapping[str, Any]) -> bool:
        """Tell whether an article is withheld; the row has `canonical_url`."""
        return row["canonical_url"] in self.pages

    def of(self, url: str, row: Mapping[str, Any] | None = None) -> Decision | None:
        """Return the decision that hides a page, by its address or its article; None where none does."""
        if row is not None and row["canonical_url"] in self.pages:
            return self.pages[row["canonical_url"]]
        return next((each for each in self.pages.values() if url == each.page or url in each.urls), None)

    def hides_url(self, url: str) -> bool:
        """Tell whether an address is that of a withheld page, or of one of its pictures."""
        try:
            return url in self.pages or surt_key(url) in self.keys
        except ValueError:  # no address that an index could hold
            return False


def withheld(storage: Storage) -> Withheld:
    """Read all decisions, with one listing of runs/; the newest about each page counts.

    Raises ArchiveError, also where a decision cannot be read: what it hides is unknown then.
    """
    newest: dict[str, Decision] = {}
    for decision in sorted(decisions(storage), key=lambda each: each.moment):
        newest[decision.page] = decision
    return of_decisions(newest.values())


def of_decisions(newest: Iterable[Decision]) -> Withheld:
    """Return the pages that the newest decision about each withholds."""
    pages = {each.page: each for each in newest if each.withhold}
    return Withheld(
        pages,
        frozenset(name for each in pages.values() for name in each.ids),
        frozenset(key for each in pages.values() for url in each.urls if (key := _key(url))),
        frozenset(each.site for each in pages.values()),
    )


def decisions(storage: Storage) -> list[Decision]:
    """Read all decisions, in the order of the runs. Raises ArchiveError."""
    found = []
    for entry in storage.list("runs/"):
        _, run, name = (*entry.key.split("/", 2), "", "")[:3]
        if name == NAME and RunId.parse(run) is not None:
            with storage.open(entry.key, 0, _MAX_BYTES) as stream:
                data = stream.read()
            try:
                found.append(Decision.parse(data))
            except (ValueError, RecursionError) as error:
                raise ArchiveError(
                    f"{entry.key} in {storage.address} does not say which page it withholds ({error}), so no "
                    "page is shown; scrapy verify names the damage."
                ) from error
    return found


def _key(url: str) -> str | None:
    try:
        return surt_key(url)
    except ValueError:
        return None
