-- +goose Up

-- The rows of sign-ins that records of another kind alone tell (told.go). A copy from a log of sign-ins takes such a row with
-- it, whatever its log.
CREATE TABLE told (
    log INTEGER NOT NULL,
    k INTEGER NOT NULL,
    PRIMARY KEY (log, k)
) STRICT, WITHOUT ROWID;
