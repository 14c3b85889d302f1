-- +goose Up

-- Rows of imported reports about objects: see store.StateRow. kind is store.StateKind; name and username are in the form of
-- store.FoldCase; marks are words with a blank around each; dated is the date that the row tells, 0 for none; doc is the state
-- as JSON; as_of is the import that brought the row last. Times are microseconds since 1970.
CREATE TABLE states (
    kind INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    username TEXT NOT NULL,
    marks TEXT NOT NULL,
    dated INTEGER NOT NULL,
    doc TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    sum INTEGER,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX states_name ON states (kind, name, id);
CREATE INDEX states_dated ON states (kind, dated, id);

-- What rows of registrations were before: until is the import that replaced the row. A row of which only the date changed
-- leaves none.
CREATE TABLE state_versions (
    kind INTEGER NOT NULL,
    id TEXT NOT NULL,
    until INTEGER NOT NULL,
    as_of INTEGER NOT NULL,
    doc TEXT NOT NULL,
    sum INTEGER,
    PRIMARY KEY (kind, id, until)
) STRICT, WITHOUT ROWID;
CREATE INDEX state_versions_until ON state_versions (kind, until);

-- What the directory tells of applications and service principals beside their facts: doc is store.AppDetails as JSON.
CREATE TABLE app_details (
    kind INTEGER NOT NULL,
    id TEXT NOT NULL,
    doc TEXT NOT NULL,
    sum INTEGER,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Owners of applications and service principals, as members are of groups.
CREATE TABLE owners (
    owned TEXT NOT NULL,
    id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    username TEXT NOT NULL,
    sum INTEGER,
    PRIMARY KEY (owned, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE ownerships (
    owned TEXT PRIMARY KEY,
    as_of INTEGER NOT NULL,
    whole INTEGER NOT NULL,
    sum INTEGER
) STRICT, WITHOUT ROWID;
