"""The lists of a site: which this walk has still to fetch, and what is remembered of them between runs.

A walk goes through all lists of a site for one span of publication. One that was cut short (by a kill, by
Ctrl-C, by its limit) is gone on with by the next run for the same span, whatever runs for other spans came
between; lists at the roots are asked again then, as they may hold new things.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.discovery.source import Lookup, Source, Window
from crawler.ledger.columns import digest_bytes, moment_text, text_moment
from crawler.ledger.entries import KnownList
from crawler.ledger.lookups import Sources, packed_trail, unpacked_trail
from crawler.ledger.originals import original_at
from crawler.ledger.schema import digest_key
from crawler.ledger.transaction import transaction

MOST_LOOKUPS = 50_000  # lists of one walk, against sites that invent them
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
        self.completed = self._completed()

    def _begin(self) -> None:
        execute, span = self._database.execute, (self.span,)
        execute("INSERT OR REPLACE INTO walking SELECT ?, coalesce(max(number), 0) + 1 FROM walking", span)
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

    def _completed(self) -> datetime | None:
        """When the last complete walk began that was at least as wide as this one."""
        walks = self._database.execute("SELECT span, completed FROM walks").fetchall()
        return max(
            (datetime.fromisoformat(completed) for span, completed in walks if _holds(span, self._window)),
            default=None,
        )

    def add(self, lookups: Sequence[Lookup]) -> list[Lookup]:
        """Enter lists to be fetched; several pages declare the same feed, so known ones are passed over.

        Returns those that are too many.
        """
        refused = []
        with transaction(self._database):
            for lookup in lookups:
                if self._count >= MOST_LOOKUPS:
                    refused.append(lookup)
                    continue
                self._seq += 1
                rank, source = _rank(lookup), self._sources.text(lookup.source)
                done = self._database.execute(
                    "INSERT INTO lookups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending') "
                    "ON CONFLICT (span, url) DO UPDATE SET source = excluded.source, seq = excluded.seq "
                    "WHERE state = 'pending' AND seq <= ?",  # as the site is described now
                    (self.span, lookup.url, self._seq, rank, source, lookup.page, lookup.depth,
                     packed_trail(lookup.trail), moment_text(lookup.newest), self._inherited),
                )  # fmt: skip
                self._count += done.rowcount
        return refused

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
            "SELECT etag, last_modified, payload, read_as, children FROM lists WHERE url = ?", (url,)
        ).fetchone()
        if row is None or not _holds(row[3], self._window):
            return None
        etag, last_modified, payload, _, children = row
        try:
            known = self._sources.children(children)
        except ValueError:
            return None
        return KnownList(
            etag=etag,
            last_modified=last_modified,
            original=original_at(self._database, payload),
            children=known,
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
        """A better moment may give this list: the next run asks again."""
        self._set(url, "failed")

    def left(self) -> int:
        """Lists that this walk has not read to their end."""
        [left] = self._database.execute(
            "SELECT count(*) FROM lookups WHERE span = ? AND state != 'done'", (self.span,)
        ).fetchone()
        return int(left)

    def end(self) -> None:
        """Where every list was read, the walk is complete and the next one for this span begins anew."""
        if self.left():
            return
        with transaction(self._database):
            self._database.execute("DELETE FROM lookups WHERE span = ?", (self.span,))
            self._database.execute("DELETE FROM walking WHERE span = ?", (self.span,))
            self._database.execute(
                "INSERT OR REPLACE INTO walks VALUES (?, ?)", (self.span, moment_text(self._began))
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
