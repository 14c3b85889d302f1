-- +goose Up

-- access.db: who looked at whose data. time is microseconds since 1970. hash is the SHA-256 over the number, the time, the hash
-- of the record before (previous) and the document. A record is never changed, and removed by retention alone.
CREATE TABLE records (
    number   INTEGER PRIMARY KEY,
    time     INTEGER NOT NULL,
    document TEXT    NOT NULL,
    previous BLOB    NOT NULL CHECK (length(previous) = 32),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER records_are_not_changed BEFORE UPDATE ON records
BEGIN
    SELECT RAISE(ABORT, 'an access record is never changed');
END;
-- +goose StatementEnd
