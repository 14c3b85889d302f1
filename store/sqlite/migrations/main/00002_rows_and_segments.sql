-- +goose Up

-- The property columns of a row stand in one BLOB (fields.go): SQL never looks at them, since column
-- segments answer every filter, and 87 columns cost a byte each in every row's header.
-- k orders rows by time: microseconds since 2015 << 12 | tie-breaker. ids are 16 bytes;
-- original_request_id is one byte where it equals id. doc is where the newest version of the record stands;
-- hash is that record's. ingested is microseconds after the sign-in.

CREATE TABLE rows_interactive (
    k INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    correlation_id BLOB,
    session_id BLOB,
    unique_token_identifier BLOB,
    original_request_id BLOB,
    doc INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    versions INTEGER NOT NULL,
    ingested INTEGER,
    time_is_ingestion INTEGER NOT NULL,
    derived_status INTEGER NOT NULL,
    fields BLOB NOT NULL
) STRICT;

CREATE TABLE rows_noninteractive (
    k INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    correlation_id BLOB,
    session_id BLOB,
    unique_token_identifier BLOB,
    original_request_id BLOB,
    doc INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    versions INTEGER NOT NULL,
    ingested INTEGER,
    time_is_ingestion INTEGER NOT NULL,
    derived_status INTEGER NOT NULL,
    fields BLOB NOT NULL
) STRICT;

CREATE TABLE rows_serviceprincipal (
    k INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    correlation_id BLOB,
    session_id BLOB,
    unique_token_identifier BLOB,
    original_request_id BLOB,
    doc INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    versions INTEGER NOT NULL,
    ingested INTEGER,
    time_is_ingestion INTEGER NOT NULL,
    derived_status INTEGER NOT NULL,
    fields BLOB NOT NULL
) STRICT;

CREATE TABLE rows_managedidentity (
    k INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    correlation_id BLOB,
    session_id BLOB,
    unique_token_identifier BLOB,
    original_request_id BLOB,
    doc INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    versions INTEGER NOT NULL,
    ingested INTEGER,
    time_is_ingestion INTEGER NOT NULL,
    derived_status INTEGER NOT NULL,
    fields BLOB NOT NULL
) STRICT;

-- Interactive events whose original request ID is another's: g is its first 48 bits.
CREATE TABLE by_original (
    day INTEGER NOT NULL,
    g INTEGER NOT NULL,
    k INTEGER NOT NULL,
    PRIMARY KEY (day, g, k)
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
