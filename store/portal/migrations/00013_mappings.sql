-- +goose Up

-- Which columns of files of no known format hold which fields, kept under a name. One file has one mapping, so the headings are
-- unique: they are a JSON list in a fixed order.
CREATE TABLE mappings (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL,
    name_folded TEXT NOT NULL UNIQUE,
    log         TEXT NOT NULL,
    headings    TEXT NOT NULL UNIQUE,
    fields      TEXT NOT NULL,
    dates       TEXT NOT NULL CHECK (dates IN ('', 'dmy', 'mdy')),
    zone        TEXT NOT NULL,
    made_by     TEXT NOT NULL,
    created     INTEGER NOT NULL
) STRICT;
