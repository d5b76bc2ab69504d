"""The values that go into the ledger and come out of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from crawler.archive.originals import Original
from crawler.discovery.source import Lookup
from crawler.items import Candidate

State = Literal["new", "claimed", "fetched", "archived", "gone", "refused"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A page that this run fetches. The claim lasts until its outcome is settled."""

    key: int  # ledger key of the canonical address
    candidate: Candidate
    again: bool = False  # a recheck: its article is stored and may have changed
    asked_before: bool = False  # an earlier run asked for it and got no article
    payload_digest: str | None = None  # sha256:<hex> of the last payload


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredArticle:
    """The fields of an article that the ledger keeps."""

    id: str
    canonical_url: str
    text_sha256: str  # 64 lower-case hex digits
    published: datetime | None
    version: str = ""  # version_id; empty: an article of an older version of Warraq
    before: str = ""  # version_id of the version that it replaces
    facets: bytes | None = None  # crawler.tables.versions.Facets, packed
    current: bool = True  # False: a part of an article whose whole text is stored


@dataclass(frozen=True, kw_only=True, slots=True)
class Needs:
    """The requisites of a page or of a style sheet."""

    urls: tuple[str, ...]  # absolute, ASCII
    via: str  # address of the page or style sheet
    hops: str  # from the front page to each requisite, one letter for each hop


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The outcome of a claimed page.

    `state` is archived (its article is stored, now or earlier), fetched (it gave no article; `reason` says
    why), gone (the site answered that it does not exist), refused (it must not be fetched) or new (it failed
    and may succeed later). `may_pass`: it gave no article, and the reason may pass, so it is asked for again.
    """

    claim: Claim
    state: State
    reason: str | None = None
    may_pass: bool = False
    landed: str | None = None  # canonical address at the end of a redirect
    fetched_at: datetime | None = None  # aware
    payload_digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    article: StoredArticle | None = None  # set where it is new or has changed
    needs: Needs | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Requisite:
    """An image, style sheet or font that this run fetches. The claim lasts until its outcome is settled."""

    key: int  # ledger key of the canonical address
    url: str
    via: str
    hops: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RequisiteOutcome:
    """The outcome of a requisite. failed: it may succeed later. refused: it must not be fetched."""

    requisite: Requisite
    state: Literal["fetched", "failed", "refused"]
    reason: str | None = None
    fetched_at: datetime | None = None  # aware
    needs: Needs | None = None  # the requisites of a style sheet
    payload_digest: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RequisitePlan:
    """Which requisites of pages are fetched, and their bounds."""

    kind: Literal["none", "images", "all"]
    per_page: int  # maximum number for one page or style sheet
    max_bytes: int  # of one requisite
    seconds: float  # maximum time for requisites after the last page of a run
    hosts: int  # maximum number of hosts in one run

    def __bool__(self) -> bool:
        return self.kind != "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The decision about an article: it is stored if `reason` is None."""

    reason: str | None = None  # unchanged, duplicate-text, duplicate-address
    version_id: str | None = None
    image_digests: list[str] | None = None  # of its pictures, where all of them are known
    previous_id: str | None = None  # id of the version that this one replaces
    previous_version_id: str | None = None
    changed: tuple[str, ...] = ()  # columns in which it differs from that version
    current: bool = True  # False: a part of an article whose whole text is stored and stays current


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """Counts of the addresses in a piece of a list."""

    found: int = 0  # not in a list of this run before
    new: int = 0  # not in a list of any run before
    wanted: int = 0  # to fetch in this run
    young: int = 0  # found since the last complete walk, by any list of any run


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownList:
    """What the ledger remembers of a list that was read to its end."""

    etag: str | None
    last_modified: str | None
    original: Original | None  # the record of its last payload
    children: tuple[Lookup, ...]
    fetched_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Recheck:
    """The ages, counted from publication, at which an article is fetched again."""

    ages: tuple[timedelta, ...]

    def after(self, born: datetime, looked: datetime) -> datetime | None:
        """Return the moment of the next fetch after one at `looked`, None where that was the last; all aware.

        `born` is the publication, or the discovery of an article without a date. A publication in the future
        counts as `looked`.
        """
        start = min(born, looked)
        return next((start + age for age in self.ages if start + age > looked), None)
