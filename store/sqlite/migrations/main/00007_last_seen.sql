-- +goose Up

-- The newest sign-in of each application, user and service principal over all time, and its newest successful one. entity is
-- store.Entity, code the word of its ID, or of the name that stands in for one; newest and success are keys, the lowest
-- integer where there is none; name and username are the words of its names on the newest. stale says that a row of it was
-- changed or taken away, so that both have to be found again. n is the revision that wrote the row last.
CREATE TABLE last_seen (
    entity INTEGER NOT NULL,
    code INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    name INTEGER NOT NULL,
    username INTEGER NOT NULL,
    success INTEGER NOT NULL,
    stale INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (entity, code)
) STRICT, WITHOUT ROWID;

-- complete says that every stored sign-in is in last_seen: those of an older data folder are added in the background.
-- stale says that some rows may be. settled grows with every change of last_seen that no commit of sign-ins made.
CREATE TABLE last_seen_state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    complete INTEGER NOT NULL,
    stale INTEGER NOT NULL,
    settled INTEGER NOT NULL
) STRICT;
INSERT INTO last_seen_state SELECT 1, NOT EXISTS (SELECT 1 FROM rows_interactive) AND NOT EXISTS (SELECT 1 FROM rows_noninteractive)
    AND NOT EXISTS (SELECT 1 FROM rows_serviceprincipal) AND NOT EXISTS (SELECT 1 FROM rows_managedidentity), 0, 0;
