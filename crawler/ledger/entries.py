"""What goes into the ledger and comes out of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from crawler.archive.originals import Original
from crawler.discovery.source import Lookup
from crawler.items import Candidate

State = Literal["new", "claimed", "fetched", "archived", "gone", "refused"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A page that is this run's to fetch, until its outcome is settled."""

    key: int  # of the canonical address, in the ledger
    candidate: Candidate
    again: bool = False  # its article is stored; has it changed?
    payload_digest: str | None = None  # sha256:<hex> of what it answered last


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredArticle:
    """What the ledger keeps of an article."""

    id: str
    canonical_url: str
    text_sha256: str  # 64 lower-case hex digits
    published: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Needs:
    """What it takes to see a page, or what a style sheet takes: its requisites."""

    urls: tuple[str, ...]  # absolute, ASCII
    via: str  # address of what needs them
    hops: str  # of each of them from the front page, one letter a hop


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of a claimed page.

    archived: its article is stored, or was and is unchanged. fetched: it is no article, for a reason. gone:
    the site answers that it is no more. refused: it is not to be fetched. new: a better moment may give it.
    """

    claim: Claim
    state: State
    reason: str | None = None
    landed: str | None = None  # canonical address where it was redirected to
    fetched_at: datetime | None = None  # aware
    payload_digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    article: StoredArticle | None = None  # where it is new or has changed
    needs: Needs | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Requisite:
    """A picture, style sheet or font that is this run's to fetch, until its outcome is settled."""

    key: int  # of the canonical address, in the ledger
    url: str
    via: str
    hops: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RequisiteOutcome:
    """What became of a requisite. failed: a better moment may give it. refused: it is not to be fetched."""

    requisite: Requisite
    state: Literal["fetched", "failed", "refused"]
    reason: str | None = None
    fetched_at: datetime | None = None  # aware
    needs: Needs | None = None  # of a style sheet


@dataclass(frozen=True, kw_only=True, slots=True)
class RequisitePlan:
    """What of a page is fetched besides it, and within which bounds."""

    kind: Literal["none", "images", "all"]
    per_page: int  # addresses of one page or style sheet
    max_bytes: int  # of each of them
    seconds: float  # that a run goes on after its last page
    hosts: int  # that one run takes them from

    def __bool__(self) -> bool:
        return self.kind != "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Whether an article is to be stored: `reason` is None then."""

    reason: str | None = None  # unchanged, duplicate-text, duplicate-address
    previous_id: str | None = None  # of the version that this one replaces


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What a piece of a list came to."""

    found: int = 0  # addresses that no list of this run had held
    new: int = 0  # addresses that no list of any run had held
    wanted: int = 0  # that are to be fetched now
    young: int = 0  # that were found since the last complete walk, by whichever list or run


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownList:
    """What is remembered of a list that was read to its end."""

    etag: str | None
    last_modified: str | None
    original: Original | None  # the record that holds its last payload
    children: tuple[Lookup, ...]
    fetched_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Recheck:
    """When an article is looked at again: at these ages, counted from its publication."""

    ages: tuple[timedelta, ...]

    def after(self, born: datetime, looked: datetime) -> datetime | None:
        """The next look after one at `looked`, or None where that was the last; both aware.

        `born` is the publication; for an article that does not tell it, the moment when it was found. One
        that says a moment to come counts from this look.
        """
        start = min(born, looked)
        return next((start + age for age in self.ages if start + age > looked), None)
