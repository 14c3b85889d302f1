-- +goose Up

-- The rows with copies that records of another kind tell (told.go). alone says that a row has no other copies: a copy from a log of
-- its own kind then takes it to that log.
CREATE TABLE told (
    log INTEGER NOT NULL,
    k INTEGER NOT NULL,
    alone INTEGER NOT NULL,
    PRIMARY KEY (log, k)
) STRICT, WITHOUT ROWID;
