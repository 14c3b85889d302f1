-- +goose Up

-- Times are microseconds since 1970, UTC.
CREATE TABLE accounts (
    id            INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL,
    name_folded   TEXT    NOT NULL UNIQUE, -- names are found without regard to case
    upn           TEXT    NOT NULL DEFAULT '',
    user_id       TEXT    NOT NULL DEFAULT '',
    password_hash TEXT    NOT NULL, -- PHC string
    disabled      INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    demo          INTEGER NOT NULL DEFAULT 0 CHECK (demo IN (0, 1)),
    created       INTEGER NOT NULL,
    last_sign_in  INTEGER NOT NULL DEFAULT 0, -- 0 for an account that never signed in
    -- The user ID that the user principal name was found to stand for, once: names are given again.
    found_user_id TEXT    NOT NULL DEFAULT '',
    found_from    TEXT    NOT NULL DEFAULT '' CHECK (found_from IN ('', 'directory', 'logs')),
    found_at      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE account_roles (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role       TEXT    NOT NULL,
    PRIMARY KEY (account_id, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    token_hash   BLOB    NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32), -- SHA-256: the token itself is the browser's alone
    account_id   INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created      INTEGER NOT NULL,
    seen         INTEGER NOT NULL,
    logs_address TEXT    NOT NULL DEFAULT '', -- the list that was opened last, to come back to
    -- By what a person recognises a session of theirs.
    address      TEXT    NOT NULL DEFAULT '',
    browser      TEXT    NOT NULL DEFAULT '' -- the User-Agent header
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_created ON sessions (created);
CREATE INDEX sessions_seen ON sessions (seen);

-- What people chose for themselves: the names are a closed set, which the program checks as it grows.
CREATE TABLE preferences (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    PRIMARY KEY (account_id, name)
) STRICT, WITHOUT ROWID;

-- An id is never given out again: somebody's list may begin with a view that its owner deletes.
CREATE TABLE saved_views (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id  INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL,
    name_folded TEXT    NOT NULL,
    shared      INTEGER NOT NULL DEFAULT 0 CHECK (shared IN (0, 1)),
    list        TEXT    NOT NULL, -- its name in addresses
    query       TEXT    NOT NULL, -- as the list's address has it
    created     INTEGER NOT NULL,
    UNIQUE (account_id, name_folded)
) STRICT;

CREATE INDEX saved_views_shared ON saved_views (shared) WHERE shared = 1;

-- What people said of their own sign-ins. A report ("this was not me") outlives its account and its sign-in: it holds what
-- is needed to follow it up. The log and the request ID name the sign-in. Its place in the log moves as more of it becomes
-- known, so nothing outside the log keeps it.
CREATE TABLE sign_in_answers (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id   INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
    account      TEXT    NOT NULL, -- its name then
    upn          TEXT    NOT NULL,
    user_id      TEXT    NOT NULL,
    log          TEXT    NOT NULL,
    sign_in_id   TEXT    NOT NULL,
    sign_in_time INTEGER NOT NULL,
    seen         TEXT    NOT NULL, -- the sign-in in words, as JSON
    mine         INTEGER NOT NULL CHECK (mine IN (0, 1)), -- with the state takenback: reported first
    comment      TEXT    NOT NULL,
    answered     INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('', 'open', 'confirmed', 'dismissed', 'takenback') AND
                          CASE mine WHEN 0 THEN state <> '' ELSE state IN ('', 'takenback') END),
    decided_by   TEXT    NOT NULL DEFAULT '',
    decided      INTEGER,
    note         TEXT    NOT NULL DEFAULT '',
    UNIQUE (account_id, log, sign_in_id)
) STRICT;

CREATE INDEX sign_in_answers_state ON sign_in_answers (state, id) WHERE state <> '';

-- Where an account signed in from: an attack from elsewhere does not slow it down there.
CREATE TABLE known_networks (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name       BLOB    NOT NULL, -- the hash of the account's name, as in failed_sign_ins
    network    TEXT    NOT NULL, -- an IPv4 address, or 64 bits of IPv6
    seen       INTEGER NOT NULL,
    PRIMARY KEY (account_id, network)
) STRICT, WITHOUT ROWID;

CREATE INDEX known_networks_name ON known_networks (name, network);

-- Sign-ins that failed, of a name on a network, of a name (network is empty) and of a network (name is empty). The name
-- is a hash: what is typed in its place may be a password.
CREATE TABLE failed_sign_ins (
    name     BLOB    NOT NULL,
    network  TEXT    NOT NULL,
    failures INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    PRIMARY KEY (name, network)
) STRICT, WITHOUT ROWID;

CREATE INDEX failed_sign_ins_last ON failed_sign_ins (last);
