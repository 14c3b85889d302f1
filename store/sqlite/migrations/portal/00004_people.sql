-- +goose Up

-- 0 for an account that never signed in.
ALTER TABLE accounts ADD COLUMN last_sign_in INTEGER NOT NULL DEFAULT 0;

-- By what a person recognises a session of theirs.
ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT ''; -- the User-Agent header

-- Where an account signed in from: an attack from elsewhere does not slow it down there.
CREATE TABLE known_networks (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name       BLOB    NOT NULL, -- the hash of the account's name, as in failed_sign_ins
    network    TEXT    NOT NULL, -- an IPv4 address, or 64 bits of IPv6
    seen       INTEGER NOT NULL,
    PRIMARY KEY (account_id, network)
) STRICT, WITHOUT ROWID;

CREATE INDEX known_networks_name ON known_networks (name, network);

-- Sign-ins that failed, of a name on a network, of a name (network is empty) and of a network (name is empty). The name
-- is a hash: what is typed in its place may be a password.
CREATE TABLE failed_sign_ins (
    name     BLOB    NOT NULL,
    network  TEXT    NOT NULL,
    failures INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    PRIMARY KEY (name, network)
) STRICT, WITHOUT ROWID;

CREATE INDEX failed_sign_ins_last ON failed_sign_ins (last);
