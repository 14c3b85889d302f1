-- +goose Up

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

-- The list that was opened last, to come back to.
ALTER TABLE sessions ADD COLUMN logs_address TEXT NOT NULL DEFAULT '';
