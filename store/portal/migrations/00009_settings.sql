-- +goose Up

-- What administrators set for the whole portal; no row while nothing was set.
CREATE TABLE settings (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    ask_reason INTEGER NOT NULL CHECK (ask_reason IN (0, 1)),
    hide_looks INTEGER NOT NULL CHECK (hide_looks IN (0, 1))
) STRICT;
