"""Walks through the lists of a site: the lists still to fetch, and what the ledger remembers of each.

A walk covers all lists of a site for one span of publication. The next run for the same span continues a
walk that was cut short by a kill, Ctrl-C or a limit, even if runs for other spans came between. It fetches
the lists at the roots again, and the lists that they lead to, because they may name new articles.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.discovery.source import Lookup, Source, Window
from crawler.ledger.entries import KnownList
from crawler.ledger.lookups import Sources, packed_trail, unpacked_trail
from crawler.ledger.originals import original_at
from crawler.ledger.schema import digest_bytes, digest_key, moment_text, text_moment, transaction

MAX_LOOKUPS = 50_000  # lists of one walk, against sites that generate lists without end
MAX_ATTEMPTS = 24  # runs of one walk in which a list may fail
MAX_WALKS = 4  # unfinished walks in the ledger; a nightly run with a new day as `since` leaves one each time
RANKS = {"detect": 0, "feed": 1, "sitemap": 2, "wordpress": 3, "dated": 4, "listing": 5}
_LAST_RANK = max(RANKS.values()) + 1
_AFTER_ROOTS = _LAST_RANK + 1  # nested lists and further pages name older articles, so they come later


@dataclass(frozen=True, kw_only=True, slots=True)
class ListAnswer:
    """What the ledger keeps of the response of a list that was read to its end."""

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
        self._inherited: int = self._seq  # lists up to this `seq` were entered by earlier runs
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
            (MAX_WALKS,),
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
        """Return two moments of the last complete walks whose span holds this one; None where there is none.

        The first is the start of the last one. The second is such that an article that was
        found before it proves that all older ones were read.
        """
        walks = self._database.execute("SELECT span, completed, ended FROM walks").fetchall()
        wide = [moments for span, *moments in walks if _holds(span, self._window)]
        if not wide:
            return None, None
        completed, ended = zip(*wide, strict=True)
        return max(map(datetime.fromisoformat, completed)), max(map(datetime.fromisoformat, ended))

    def add(self, lookups: Sequence[Lookup], *, again: bool = True) -> list[Lookup]:
        """Enter lists to fetch, and return those that are too many. Skips known lists.

        `again`: also fetch lists again that an earlier run of this walk has read.
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
        renewed = execute(  # with the source as the site describes it now
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
        if self._count >= MAX_LOOKUPS:
            return False
        self._count += 1
        execute(
            "INSERT INTO lookups VALUES "
            "(:span, :url, :seq, :rank, :source, :page, :depth, :trail, :newest, 'pending', 0)",
            values,
        )
        return True

    def next(self) -> Lookup | None:
        """Return the list to fetch next, None where there is none. Roots come first, by their rank."""
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
            except ValueError:  # the site's description has changed; its roots are fetched anyway
                self._set(url, "done")
                continue
            self._set(url, "open")
            return lookup

    def known(self, url: str) -> KnownList | None:
        """Return what is remembered of a list that was read to its end for a span that holds this one."""
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
        """Mark a list as read, with all its entries in the ledger. `children`: the lists that it led to.

        Remembers nothing of the list without an answer.
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
        """Leave a failed list to the next run. After MAX_ATTEMPTS it counts as read: the walk must end."""
        self._database.execute(
            "UPDATE lookups SET attempts = attempts + 1, "
            "state = CASE WHEN attempts + 1 >= ? THEN 'done' ELSE 'failed' END WHERE span = ? AND url = ?",
            (MAX_ATTEMPTS, self.span, url),
        )

    def left(self) -> int:
        """Return the number of lists that this walk has not read to their end."""
        [left] = self._database.execute(
            "SELECT count(*) FROM lookups WHERE span = ? AND state != 'done'", (self.span,)
        ).fetchone()
        return int(left)

    def end(self) -> None:
        """Complete the walk if every list was read; the next run for this span then starts a new one.

        A walk over several runs counts from its first run: a list that was read then may have grown since.
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
    """Say whether a span of publication, in a walk's spelling, holds all of a window."""
    since, until = (text_moment(part) for part in span.split("/"))
    return (since is None or (window.since is not None and since <= window.since)) and (
        until is None or (window.until is not None and window.until <= until)
    )
