"""The versions of an article: what distinguishes one from another, and what changed between two.

A version covers text, title, subtitle, authors, whether the page showed only a part of the article, and the
article's pictures by the digests of their bytes. The address of a picture does not count: many sites change
it at every visit.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from crawler.items import Article

_SHORT = 6  # bytes of each digest in the ledger
_RULES = 4  # bytes of the rules' digest
_UNKNOWN = bytes(_SHORT)
_FIELDS = ("title", "subtitle", "authors", "images")  # in the order of the packed form
_PACKED = _RULES + _SHORT * len(_FIELDS) + 1


def version_id(row: Mapping[str, Any]) -> str:
    """Return the id of the version in a row of `articles/`: 32 hex digits.

    They are the first of the SHA-256 of a JSON array in UTF-8 without blanks: canonical_url, text_sha256,
    title, subtitle, authors sorted, whether `partial` has a value, image_digests sorted. In texts every run
    of blanks counts as one; a missing subtitle counts as an empty one, missing image_digests as none.
    """
    facts = [
        row["canonical_url"],
        row["text_sha256"],
        _plain(row.get("title")),
        _plain(row.get("subtitle")),
        _names(row.get("authors") or ()),
        row.get("partial") is not None,
        sorted(row.get("image_digests") or ()),
    ]
    line = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def version_of(article: Article) -> str:
    """Return the id of an article's version."""
    return version_id(_columns(article))


@dataclass(frozen=True, kw_only=True, slots=True)
class Facets:
    """What the ledger remembers of a version, beside the digest of its text: short digests."""

    rules: bytes  # of the extraction: other rules may read another title on the same page
    title: bytes
    subtitle: bytes
    authors: bytes
    images: bytes  # of the digests of the pictures' bytes; zeros: not known
    partial: bool

    @classmethod
    def of(cls, article: Article) -> Self:
        return cls.of_row(_columns(article))

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self:
        """Return the facets of a row of any schema."""
        images = row.get("image_digests")
        return cls(
            rules=_digest(row["rules_digest"])[:_RULES],
            title=_digest(_plain(row["title"])),
            subtitle=_digest(_plain(row.get("subtitle"))),
            authors=_digest(*_names(row.get("authors") or ())),
            images=_UNKNOWN if images is None else _digest(*sorted(images)),
            partial=row.get("partial") is not None,
        )

    def pack(self) -> bytes:
        return self.rules + self.title + self.subtitle + self.authors + self.images + bytes([self.partial])

    @classmethod
    def unpack(cls, packed: bytes | None) -> Self | None:
        """Read the packed form; None for a version that was stored without it, or anything else."""
        if not isinstance(packed, bytes) or len(packed) != _PACKED:
            return None
        parts = [packed[start : start + _SHORT] for start in range(_RULES, _PACKED - 1, _SHORT)]
        title, subtitle, authors, images = parts
        return cls(
            rules=packed[:_RULES],
            title=title,
            subtitle=subtitle,
            authors=authors,
            images=images,
            partial=bool(packed[-1]),
        )

    def changes_to(self, other: "Facets") -> tuple[str, ...]:
        """Name the columns in which another version differs, without the text.

        Pictures count only where those of both are known. After a change of the extraction's rules nothing
        counts: the page may be the same and read in another way.
        """
        if self.rules != other.rules:
            return ()
        found = [name for name in _FIELDS[:3] if getattr(self, name) != getattr(other, name)]
        if _UNKNOWN not in (self.images, other.images) and self.images != other.images:
            found.append("images")
        return (*found, "partial") if self.partial != other.partial else tuple(found)

    def completed(self, other: "Facets") -> "Facets":
        """Return what to remember after a visit that found `other` and no change."""
        images = other.images if self.images == _UNKNOWN or other.images != _UNKNOWN else self.images
        return Facets(
            rules=other.rules,
            title=other.title,
            subtitle=other.subtitle,
            authors=other.authors,
            images=images,
            partial=self.partial,
        )


class Row(NamedTuple):
    """What decides whether a row stores a version again."""

    version: str
    id: str
    before: str  # version before it; its id in rows of older schemas; empty for the first


def row_of(row: Mapping[str, Any]) -> Row:
    """Return these columns of a row of any schema."""
    before = row.get("previous_version_id") or row.get("previous_id") or ""
    return Row(row.get("version_id") or version_id(row), row["id"], before)


def doubled(rows: Iterable[Row]) -> list[int]:
    """Find the rows of one article that store a version again: return their places, from 0.

    The rows come in the order in which their pages were fetched. A version that comes back after another one
    is a version again, and not doubled.
    """
    stored: dict[str, set[str]] = {}  # version -> what came before it, since another one followed it
    by_id: dict[str, set[str]] = {}  # id -> its versions
    found = []
    for place, row in enumerate(rows):
        for left in {row.before, *by_id.get(row.before, ())} - {row.version}:
            stored[left] = stored.get(left, set()) & {""}  # no article has a first version twice
        if row.before in stored.setdefault(row.version, set()):
            found.append(place)
        stored[row.version].add(row.before)
        by_id.setdefault(row.id, set()).add(row.version)
    return found


def _columns(article: Article) -> dict[str, Any]:
    names = "canonical_url", "text_sha256", "title", "subtitle", "authors", "partial", "image_digests"
    return {name: getattr(article, name) for name in (*names, "rules_digest")}


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())


def _names(authors: Iterable[str]) -> list[str]:
    return sorted({_plain(name) for name in authors})


def _digest(*texts: str) -> bytes:
    return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogatepass")).digest()[:_SHORT]
