"""The tables of a ledger, as the steps that make and migrate them."""

from collections.abc import Sequence

_FIRST = """
CREATE TABLE runs (run_id TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE files (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE originals (
    key INTEGER PRIMARY KEY,       -- of the payload's digest
    digest BLOB NOT NULL,          -- SHA-256
    url TEXT NOT NULL,
    date TEXT NOT NULL,            -- of the record, RFC 3339
    file INTEGER NOT NULL REFERENCES files,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    record_id TEXT NOT NULL
);

CREATE TABLE pages (
    key INTEGER PRIMARY KEY,       -- of the canonical address
    canonical TEXT NOT NULL,
    url TEXT,                      -- as advertised, where it differs
    via TEXT NOT NULL,             -- kind of the source that told of it
    title TEXT,                    -- as advertised, until an article is stored
    published TEXT,                -- RFC 3339; advertised, then as read
    modified TEXT,                 -- RFC 3339; advertised
    found_at TEXT NOT NULL,        -- RFC 3339
    seen_run INTEGER NOT NULL,     -- the last run whose lists held it
    state TEXT NOT NULL,           -- new, claimed, fetched, archived, gone, refused
    reason TEXT,                   -- why there is no article
    turn INTEGER,                  -- order of the new ones; NULL: not in this run
    attempts INTEGER NOT NULL DEFAULT 0,  -- that failed, in a row
    etag TEXT,
    last_modified TEXT,
    payload INTEGER,               -- key of the original that holds the last payload
    text BLOB,                     -- SHA-256 of the last text
    text_key INTEGER,              -- of the last text
    article INTEGER,               -- key of the article's canonical address
    fetched_at TEXT,               -- RFC 3339
    vain INTEGER NOT NULL DEFAULT 0,  -- looks in a row that found the text unchanged
    look_at REAL,                  -- when to look again, seconds since 1970
    gone_at TEXT                   -- RFC 3339
);
CREATE INDEX ready ON pages (turn) WHERE state = 'new';
CREATE INDEX claimed ON pages (key) WHERE state = 'claimed';
CREATE INDEX due ON pages (look_at) WHERE state = 'archived' AND look_at IS NOT NULL;
CREATE INDEX by_text ON pages (text_key) WHERE text_key IS NOT NULL;
CREATE INDEX by_article ON pages (article) WHERE article IS NOT NULL;

CREATE TABLE lists (               -- what is remembered of a list between runs
    url TEXT PRIMARY KEY,
    etag TEXT,
    last_modified TEXT,
    payload INTEGER,               -- key of the original that holds the last payload
    read_as TEXT NOT NULL,         -- the window under which it was read to its end
    children TEXT NOT NULL,        -- JSON: the lookups that it led to
    fetched_at TEXT NOT NULL       -- RFC 3339
) WITHOUT ROWID;

CREATE TABLE walking (             -- walks that were begun and did not come to their end
    span TEXT PRIMARY KEY,
    number INTEGER NOT NULL,       -- the last one that was gone on with has the highest
    began TEXT NOT NULL            -- with its first run, RFC 3339
) WITHOUT ROWID;

CREATE TABLE lookups (             -- the lists of those walks
    span TEXT NOT NULL,
    url TEXT NOT NULL,
    seq INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    source TEXT NOT NULL,          -- JSON
    page INTEGER NOT NULL,
    depth INTEGER NOT NULL,
    trail BLOB,                    -- JSON, packed; NULL once it is done
    newest TEXT,                   -- nothing in it was published later, RFC 3339; NULL: nobody knows
    state TEXT NOT NULL,           -- pending, open, done, failed
    attempts INTEGER NOT NULL,     -- that failed
    PRIMARY KEY (span, url)
) WITHOUT ROWID;
CREATE INDEX waiting ON lookups (span, rank, seq) WHERE state = 'pending';

CREATE TABLE walks (               -- spans of publication whose lists were walked
    span TEXT PRIMARY KEY,
    completed TEXT NOT NULL,       -- when the last walk that came to its end began, RFC 3339
    ended TEXT NOT NULL            -- what was found before is followed by nothing unread, RFC 3339
) WITHOUT ROWID;

CREATE TABLE requisites (          -- pictures, style sheets and fonts of archived pages
    key INTEGER PRIMARY KEY,       -- of the canonical address
    url TEXT NOT NULL,
    via TEXT NOT NULL,             -- address of the page or style sheet that needs it
    hops TEXT NOT NULL,
    state TEXT NOT NULL,           -- new, claimed, failed (until the next run), fetched, refused
    reason TEXT,
    fetched_at TEXT,               -- RFC 3339
    attempts INTEGER NOT NULL DEFAULT 0  -- that failed
);
CREATE INDEX wanted ON requisites (key) WHERE state = 'new';
CREATE INDEX fetching ON requisites (key) WHERE state IN ('claimed', 'failed');
"""

# Pages that gave no article for a reason that may pass are asked for again (see retries.py):
# - asked_since: their first attempt, RFC 3339. NULL: the page is not of this kind. `look_at` is the next one.
# - landed: key of the address that a redirect led to; the page is settled if an article is stored there.
# A page of version 0.1 that may be of this kind is asked for once more.
_SECOND = """
ALTER TABLE pages ADD COLUMN asked_since TEXT;
ALTER TABLE pages ADD COLUMN landed INTEGER;
CREATE INDEX asked_again ON pages (look_at) WHERE asked_since IS NOT NULL AND state = 'fetched';
UPDATE pages SET asked_since = fetched_at, look_at = 0
    WHERE state = 'fetched' AND text IS NULL AND fetched_at IS NOT NULL
    AND reason IN ('empty', 'block', 'soft-404');
"""

_THIRD = """
CREATE TABLE versions (            -- rows of articles/: an article in one version after another
    key INTEGER PRIMARY KEY,       -- of version_id and that of the version before it
    writer INTEGER NOT NULL        -- key of the id of the run that stores or stored it
);

ALTER TABLE pages ADD COLUMN version BLOB;   -- version_id of the current version, 16 bytes
ALTER TABLE pages ADD COLUMN facets BLOB;    -- short digests of its title, subtitle, authors and pictures
ALTER TABLE requisites ADD COLUMN payload BLOB;  -- SHA-256 of what was fetched
"""

# What the ledger knows of its copies in the archive (see copies.py).
_COPIES = """
CREATE TABLE copied (              -- one row; none: the archive is not known to hold a copy
    log TEXT NOT NULL,             -- id of the series of copies
    entries INTEGER NOT NULL,      -- of the series that this ledger holds, from the first
    name TEXT NOT NULL,            -- of the last one of them
    whole INTEGER NOT NULL         -- 1: the next copy must hold all rows, because some changed unmarked
);

CREATE TABLE sent (                -- copies that this machine wrote, and does not know to be in the archive
    name TEXT PRIMARY KEY,
    whole INTEGER NOT NULL         -- 1: it holds all rows
) WITHOUT ROWID;

CREATE TABLE changed (             -- rows that no copy is known to hold
    kind TEXT NOT NULL,            -- their table
    key NOT NULL,                  -- their primary key
    sent TEXT,                     -- the copy in `sent` that holds the row as it is now
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
"""

# Step n migrates from version n to n + 1. Never change a released step, not even its comments: SQLite keeps
# the text of each table, and adoption compares it.
STEPS: Sequence[str] = (_FIRST, _SECOND, _THIRD, _COPIES)
