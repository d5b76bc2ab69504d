"""The lists of a site: which this walk has still to fetch, and what is remembered of them between runs.

A walk goes through all lists of a site for one span of publication. One that was cut short (by a kill, by
Ctrl-C, by its limit) is gone on with by the next run for the same span, whatever runs for other spans came
came between; lists at the roots are asked again then, and what they lead to, as they may hold new things.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.discovery.source import Lookup, Source, Window
from crawler.ledger.columns import digest_bytes, moment_text, text_moment
from crawler.ledger.entries import KnownList
from crawler.ledger.lookups import Sources, packed_trail, unpacked_trail
from crawler.ledger.originals import original_at
from crawler.ledger.schema import digest_key
from crawler.ledger.transaction import transaction

MOST_LOOKUPS = 50_000  # lists of one walk, against sites that invent them
MOST_ATTEMPTS = 24  # runs of one walk that a list may fail in
MOST_WALKS = 4  # that are remembered before their end: a night's run with a new day as `since` leaves one
RANKS = {"detect": 0, "feed": 1, "sitemap": 2, "wordpress": 3, "dated": 4, "listing": 5}
_LAST_RANK = max(RANKS.values()) + 1
_AFTER_ROOTS = _LAST_RANK + 1  # what is old waits in nested and further lists


@dataclass(frozen=True, kw_only=True, slots=True)
class ListAnswer:
    """What is kept of the answer of a list that was read to its end."""

    etag: str | None
    last_modified: str | None
    payload_digest: str | None
    fetched_at: datetime


class Walk:
    """The walk of one run."""

    def __init__(
        self, database: sqlite3.Connection, *, window: Window, began: datetime, sources: Sequence[Source]
    ) -> None:
        self._database = database
        self._window = window
        self.span = f"{moment_text(window.since) or ''}/{moment_text(window.until) or ''}"
        self._began = began
        self._sources = Sources(sources)
        with transaction(database):
            self._begin()
        self._seq, self._count = database.execute(
            "SELECT coalesce(max(seq), 0), count(*) FROM lookups WHERE span = ?", (self.span,)
        ).fetchone()
        self._inherited: int = self._seq  # lists up to here were entered by an earlier run
        self.completed, self.ended = self._completed()

    def _begin(self) -> None:
        execute, span = self._database.execute, (self.span,)
        began = moment_text(self._began)
        execute(
            "INSERT INTO walking SELECT ?, coalesce(max(number), 0) + 1, ? FROM walking WHERE true "
            "ON CONFLICT (span) DO UPDATE SET number = excluded.number",
            (self.span, began),
        )
        execute(
            "DELETE FROM walking WHERE span NOT IN (SELECT span FROM walking ORDER BY number DESC LIMIT ?)",
            (MOST_WALKS,),
        )
        execute("DELETE FROM lookups WHERE span NOT IN (SELECT span FROM walking)")
        execute(
            "UPDATE lookups SET state = 'pending' WHERE span = ? AND state IN ('open', 'failed')",
            span,
        )
        execute(
            "DELETE FROM lookups WHERE span = ? AND state = 'done' AND page = 1 AND depth = 0",
            span,
        )

    def _completed(self) -> tuple[datetime | None, datetime | None]:
        """When the last complete walk began that was at least as wide as this one, and up to when what was
        found proves that everything older was read.
        """
        walks = self._database.execute("SELECT span, completed, ended FROM walks").fetchall()
        wide = [moments for span, *moments in walks if _holds(span, self._window)]
        if not wide:
            return None, None
        completed, ended = zip(*wide, strict=True)
        return max(map(datetime.fromisoformat, completed)), max(map(datetime.fromisoformat, ended))

    def add(self, lookups: Sequence[Lookup], *, again: bool = True) -> list[Lookup]:
        """Enter lists to be fetched; several pages declare the same feed, so known ones are passed over.

        `again`: those that an earlier run of this walk has read are read once more. Returns those that are
        too many.
        """
        with transaction(self._database):
            return [lookup for lookup in lookups if not self._enter(lookup, again=again)]

    def _enter(self, lookup: Lookup, *, again: bool) -> bool:
        self._seq += 1
        values = {
            "span": self.span, "url": lookup.url, "seq": self._seq, "rank": _rank(lookup),
            "source": self._sources.text(lookup.source), "page": lookup.page, "depth": lookup.depth,
            "trail": packed_trail(lookup.trail), "newest": moment_text(lookup.newest),
            "inherited": self._inherited, "again": again,
        }  # fmt: skip
        execute = self._database.execute
        renewed = execute(  # as the site is described now
            "UPDATE lookups SET state = 'pending', source = :source, seq = :seq, trail = :trail, "
            "newest = :newest WHERE span = :span AND url = :url AND seq <= :inherited "
            "AND (state = 'pending' OR (state = 'done' AND :again))",
            values,
        )
        if (
            renewed.rowcount
            or execute("SELECT 1 FROM lookups WHERE span = :span AND url = :url", values).fetchone()
        ):
            return True
        if self._count >= MOST_LOOKUPS:
            return False
        self._count += 1
        execute(
            "INSERT INTO lookups VALUES "
            "(:span, :url, :seq, :rank, :source, :page, :depth, :trail, :newest, 'pending', 0)",
            values,
        )
        return True

    def next(self) -> Lookup | None:
        """The list to fetch next: those at the roots first, by rank of their source."""
        while True:
            row = self._database.execute(
                "SELECT url, source, page, depth, trail, newest FROM lookups "
                "WHERE span = ? AND state = 'pending' ORDER BY rank, seq LIMIT 1",
                (self.span,),
            ).fetchone()
            if row is None:
                return None
            url, source, page, depth, trail, newest = row
            try:
                lookup = Lookup(
                    url=url, source=self._sources.source(source), page=page, depth=depth,
                    trail=unpacked_trail(trail), newest=text_moment(newest),
                )  # fmt: skip
            except ValueError:  # of a site that is described otherwise now, whose roots are asked anyway
                self._set(url, "done")
                continue
            self._set(url, "open")
            return lookup

    def known(self, url: str) -> KnownList | None:
        """What is remembered of a list that was read to its end for a span at least as wide as this."""
        row = self._database.execute(
            "SELECT etag, last_modified, payload, read_as, children, fetched_at FROM lists WHERE url = ?",
            (url,),
        ).fetchone()
        if row is None or not _holds(row[3], self._window):
            return None
        etag, last_modified, payload, _, children, fetched_at = row
        try:
            known = self._sources.children(children)
        except ValueError:
            return None
        return KnownList(
            etag=etag,
            last_modified=last_modified,
            original=original_at(self._database, payload),
            children=known,
            fetched_at=datetime.fromisoformat(fetched_at),
        )

    def done(self, url: str, answer: ListAnswer | None, children: Sequence[Lookup]) -> None:
        """A list was read to its end, and everything in it is in the ledger; `children` are what it led to.

        Without an answer nothing of it is remembered.
        """
        with transaction(self._database):
            self._set(url, "done")
            if answer is None:
                return
            payload = digest_key(digest_bytes(answer.payload_digest)) if answer.payload_digest else None
            self._database.execute(
                "INSERT OR REPLACE INTO lists VALUES (?, ?, ?, ?, ?, ?, ?)",
                (url, answer.etag, answer.last_modified, payload, self.span,
                 self._sources.children_text(children), moment_text(answer.fetched_at)),
            )  # fmt: skip

    def failed(self, url: str) -> None:
        """A better moment may give this list: the next run asks again, but no walk waits for ever."""
        self._database.execute(
            "UPDATE lookups SET attempts = attempts + 1, "
            "state = CASE WHEN attempts + 1 >= ? THEN 'done' ELSE 'failed' END WHERE span = ? AND url = ?",
            (MOST_ATTEMPTS, self.span, url),
        )

    def left(self) -> int:
        """Lists that this walk has not read to their end."""
        [left] = self._database.execute(
            "SELECT count(*) FROM lookups WHERE span = ? AND state != 'done'", (self.span,)
        ).fetchone()
        return int(left)

    def end(self) -> None:
        """Where every list was read, the walk is complete and the next one for this span begins anew.

        One that took several runs counts from the first of them: a list that was read then may have grown.
        """
        if self.left():
            return
        [first] = self._database.execute("SELECT began FROM walking WHERE span = ?", (self.span,)).fetchone()
        in_one_run = first == moment_text(self._began)
        with transaction(self._database):
            self._database.execute("DELETE FROM lookups WHERE span = ?", (self.span,))
            self._database.execute("DELETE FROM walking WHERE span = ?", (self.span,))
            self._database.execute(
                "INSERT OR REPLACE INTO walks VALUES (?, ?, ?)",
                (self.span, first, moment_text(datetime.now(UTC)) if in_one_run else first),
            )

    def _set(self, url: str, state: str) -> None:
        trail = ", trail = NULL" if state == "done" else ""
        self._database.execute(
            f"UPDATE lookups SET state = ?{trail} WHERE span = ? AND url = ?",  # noqa: S608
            (state, self.span, url),
        )


def _rank(lookup: Lookup) -> int:
    rank = RANKS.get(lookup.source.kind, _LAST_RANK)
    at_root = lookup.page == 1 and lookup.depth == 0
    return rank if at_root or lookup.source.kind == "detect" else rank + _AFTER_ROOTS


def _holds(span: str, window: Window) -> bool:
    """Whether a span of publication, as a walk writes it, holds all of a window."""
    since, until = (text_moment(part) for part in span.split("/"))
    return (since is None or (window.since is not None and since <= window.since)) and (
        until is None or (window.until is not None and window.until <= until)
    )
