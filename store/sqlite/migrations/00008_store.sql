-- +goose Up

-- main.db: the sign-ins as rows, the records as received, the look-ups by id, the words, the imports, the directory. The
-- tables of rows, one a log, are made when the file is opened: see tables.go. Step 9 is code: it moves the imports and the
-- directory into directory.db (db.go).

-- Copies of records that have several: doc is where a copy stands, hash is of its text.
CREATE TABLE versions (
    log INTEGER NOT NULL,
    k INTEGER NOT NULL,
    doc INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    PRIMARY KEY (log, k, doc)
) STRICT, WITHOUT ROWID;

-- Records as received, zstd over some of them. received is when that was, in microseconds since 1970: it orders the copies of
-- a sign-in that tell no time of ingestion. NULL of blocks that are older than this rule. sum is over the rest of the row, as
-- in the tables below (sum.go).
CREATE TABLE docs (
    block INTEGER PRIMARY KEY,
    z BLOB NOT NULL,
    received INTEGER,
    sum INTEGER
) STRICT;

-- The text of ids that are not 16 bytes: the columns hold a marked hash of it.
CREATE TABLE id_texts (
    id BLOB PRIMARY KEY,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Dictionaries: code <-> text. n only grows, so a reader asks for what is new since its last look.
CREATE TABLE words (
    n INTEGER PRIMARY KEY,
    dictionary TEXT NOT NULL,
    code INTEGER NOT NULL,
    text TEXT NOT NULL,
    sum INTEGER,
    UNIQUE (dictionary, code)
) STRICT;

-- The import ledger: one row a file; batches and records grow in the transaction of each batch.
CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL,
    format TEXT NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER,
    batches INTEGER NOT NULL DEFAULT 0,
    added INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0,
    same INTEGER NOT NULL DEFAULT 0,
    report TEXT,
    sum INTEGER
) STRICT;

-- The look-ups by id, in quarters of a day (quarters.go): g is the first 48 bits of the id, log the number of the log.
CREATE TABLE by_request (
    quarter INTEGER NOT NULL,
    g INTEGER NOT NULL,
    log INTEGER NOT NULL,
    k INTEGER NOT NULL,
    PRIMARY KEY (quarter, g, log, k)
) STRICT, WITHOUT ROWID;

CREATE TABLE by_correlation (
    quarter INTEGER NOT NULL,
    g INTEGER NOT NULL,
    log INTEGER NOT NULL,
    k INTEGER NOT NULL,
    PRIMARY KEY (quarter, g, log, k)
) STRICT, WITHOUT ROWID;

-- Interactive events that have the original request ID of another one.
CREATE TABLE by_original (
    quarter INTEGER NOT NULL,
    g INTEGER NOT NULL,
    k INTEGER NOT NULL,
    PRIMARY KEY (quarter, g, k)
) STRICT, WITHOUT ROWID;

-- Interactive events that are folded into a line: the key of the line, which is its last event.
CREATE TABLE folded (
    k INTEGER PRIMARY KEY,
    line INTEGER NOT NULL
) STRICT;
CREATE INDEX folded_line ON folded (line);

-- Lines of several events: how many, how many of them denied or timed out, the key of the first, and the
-- words of the MFA outcomes and the error codes of all of them.
CREATE TABLE lines (
    k INTEGER PRIMARY KEY,
    events INTEGER NOT NULL,
    denied INTEGER NOT NULL,
    started INTEGER NOT NULL,
    mfa INTEGER NOT NULL,
    errors INTEGER NOT NULL
) STRICT;

-- What is not sealed yet: the keys of rows that were written, changed or taken away, a row for each commit
-- and log (changes.go). Whoever keeps columns in memory reads what is behind the last seq it has seen.
CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    log INTEGER NOT NULL,
    keys BLOB NOT NULL
) STRICT;

-- The segments that cols.db must have, and which of their rows no longer count. A segment never changes:
-- its number is its version. columns tells which columns it was made with.
CREATE TABLE segments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    log INTEGER NOT NULL,
    lo INTEGER NOT NULL,
    hi INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    columns INTEGER NOT NULL,
    dead BLOB
) STRICT;

-- n grows with every commit, sealing with every change of segments.
CREATE TABLE revision (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    n INTEGER NOT NULL,
    sealing INTEGER NOT NULL
) STRICT;
INSERT INTO revision VALUES (1, 0, 0);

-- By which rules the rows of a log were made of their records: n is the number of the rules, codes names the list of
-- error codes that statuses follow from. Rows with smaller keys than below are still as older rules made them;
-- lines_below is the same for lines: events of a line may be older than the line. Both are NULL where all rows are made.
-- A log without a row here was written before the rules had numbers, or has none yet.
CREATE TABLE derivations (
    log INTEGER PRIMARY KEY,
    n INTEGER NOT NULL,
    codes TEXT NOT NULL,
    below INTEGER,
    lines_below INTEGER
) STRICT;

-- The newest sign-in of each application, user and service principal over all time, and its newest successful one. entity is
-- store.Entity, code the word of its ID, or of the name that stands in for one; newest and success are keys, the lowest
-- integer where there is none; name and username are the words of its names on the newest. stale says that a row of it was
-- changed or taken away, so that both have to be found again. n is the revision that wrote the row last.
CREATE TABLE last_seen (
    entity INTEGER NOT NULL,
    code INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    name INTEGER NOT NULL,
    username INTEGER NOT NULL,
    success INTEGER NOT NULL,
    stale INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (entity, code)
) STRICT, WITHOUT ROWID;

-- complete says that every stored sign-in is in last_seen: otherwise they are added in the background.
-- stale says that some rows may be. settled grows with every change of last_seen that no commit of sign-ins made.
CREATE TABLE last_seen_state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    complete INTEGER NOT NULL,
    stale INTEGER NOT NULL,
    settled INTEGER NOT NULL
) STRICT;
INSERT INTO last_seen_state VALUES (1, 1, 0, 0);

-- What directory exports hold. kind is store.ObjectKind; ids are in lower case; times are microseconds since 1970, 0 for
-- none; as_of is the import that brought the object last; facts is a JSON object of what else is worth showing.
CREATE TABLE directory (
    kind INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    username TEXT NOT NULL,
    app_id TEXT NOT NULL,
    type TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    created INTEGER NOT NULL,
    last_success INTEGER NOT NULL,
    facts TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    sum INTEGER,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX directory_app ON directory (app_id) WHERE app_id <> '';

-- Direct members of groups: kind is 0 for an object that is none of store.ObjectKind (a device).
CREATE TABLE members (
    grp TEXT NOT NULL,
    id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    username TEXT NOT NULL,
    sum INTEGER,
    PRIMARY KEY (grp, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_id ON members (id);

-- Of which groups the members were imported, and whether they were all of them at that time.
CREATE TABLE memberships (
    grp TEXT PRIMARY KEY,
    as_of INTEGER NOT NULL,
    whole INTEGER NOT NULL,
    sum INTEGER
) STRICT, WITHOUT ROWID;

-- n grows with every commit that changes one of the tables above: what is made of them in memory is good for one n.
CREATE TABLE directory_revision (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    n INTEGER NOT NULL
) STRICT;
INSERT INTO directory_revision VALUES (1, 0);
