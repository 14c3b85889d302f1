-- +goose Up

-- directory.db: what directory exports hold, and the ledger of imports. sum is over the rest of the row.

-- kind is store.ObjectKind; ids are in lower case; times are microseconds since 1970, 0 for none; as_of is the import that
-- brought the object last; facts is a JSON object of what else is worth showing.
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

-- The import ledger: one row a file; batches and records grow after each batch that the log engine committed.
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
