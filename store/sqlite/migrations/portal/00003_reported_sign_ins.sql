-- +goose Up

-- What people said of their own sign-ins. A report ("this was not me") outlives its account and its sign-in: it holds what
-- is needed to follow it up.
CREATE TABLE sign_in_answers (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id   INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
    account      TEXT    NOT NULL, -- its name then
    upn          TEXT    NOT NULL,
    user_id      TEXT    NOT NULL,
    log          TEXT    NOT NULL,
    sign_in_id   TEXT    NOT NULL,
    sign_in_key  INTEGER NOT NULL, -- its place in the log
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
