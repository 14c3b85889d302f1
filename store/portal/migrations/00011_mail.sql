-- +goose Up

ALTER TABLE accounts ADD COLUMN mail TEXT NOT NULL DEFAULT '';

-- What people were told by mail of their own sign-ins, each once: "country fj", "device ...".
CREATE TABLE told_facts (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    fact       TEXT    NOT NULL,
    PRIMARY KEY (account_id, fact)
) STRICT, WITHOUT ROWID;

-- Mails that are still to be sent, and those that could not be: these have no next attempt.
CREATE TABLE mails (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    address    TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    created    INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    next       INTEGER,
    error      TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX mails_next ON mails (next) WHERE next IS NOT NULL;
