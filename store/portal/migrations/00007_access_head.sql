-- +goose Up

-- The head of the access log, which stands in access.db: whoever cuts off the end of that file has to know of this one too.
CREATE TABLE access_head (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    hash   TEXT    NOT NULL, -- hexadecimal digits
    closed INTEGER NOT NULL CHECK (closed IN (0, 1)) -- nothing was appended since
) STRICT;
