-- +goose Up

-- What people decided about risky objects, one row for each step. It holds in this portal only. A row is never changed: undone is a row
-- of its own, which names the row that it takes back.
CREATE TABLE triage (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT    NOT NULL CHECK (kind IN ('user', 'principal', 'agent', 'signin')),
    log     TEXT    NOT NULL CHECK ((log <> '') = (kind = 'signin')), -- of a sign-in, as in addresses
    object  TEXT    NOT NULL CHECK (object <> ''), -- its ID
    name    TEXT    NOT NULL, -- at that time
    verdict TEXT    NOT NULL CHECK (verdict IN ('compromised', 'safe', 'dismissed', 'undo')),
    comment TEXT    NOT NULL,
    made_by TEXT    NOT NULL, -- the account's name
    made    INTEGER NOT NULL,
    -- The imported risk that the verdict answered. The time is 0 where no record tells it.
    updated INTEGER NOT NULL,
    state   TEXT    NOT NULL,
    level   TEXT    NOT NULL,
    undoes  INTEGER UNIQUE REFERENCES triage (id) CHECK ((undoes IS NOT NULL) = (verdict = 'undo'))
) STRICT;

CREATE INDEX triage_object ON triage (kind, object, log, id);

-- The message after a form: the outcome for each object, as JSON. It is kept for a day.
CREATE TABLE triage_reports (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    made       INTEGER NOT NULL,
    lines      TEXT    NOT NULL
) STRICT;

CREATE INDEX triage_reports_account ON triage_reports (account_id);
CREATE INDEX triage_reports_made ON triage_reports (made);
