-- +goose Up

-- Schedules and watches. The terms are a JSON object of what their owner chose. The owner is empty for those of the portal itself,
-- and where the account was removed.
CREATE TABLE subscriptions (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    kind      TEXT    NOT NULL CHECK (kind IN ('schedule', 'watch', 'emergency')),
    owner_id  INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
    owner     TEXT    NOT NULL DEFAULT '',
    terms     TEXT    NOT NULL,
    created   INTEGER NOT NULL,
    paused    INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    stopped   TEXT    NOT NULL DEFAULT '',
    next      INTEGER NOT NULL DEFAULT 0,
    last      INTEGER NOT NULL DEFAULT 0,
    looked    INTEGER NOT NULL DEFAULT 0,
    told      TEXT    NOT NULL DEFAULT '[]',
    problem   TEXT    NOT NULL DEFAULT '',
    version   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX subscriptions_owner ON subscriptions (owner_id);

-- Messages of subscriptions, one for each recipient of a run. The key is the same whenever the same run is made again.
CREATE TABLE deliveries (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    key             TEXT    NOT NULL UNIQUE,
    kind            TEXT    NOT NULL CHECK (kind IN ('run', 'trial', 'stop')),
    channel         TEXT    NOT NULL CHECK (channel IN ('mail', 'page', 'webhook', 'folder')),
    account_id      INTEGER REFERENCES accounts (id) ON DELETE CASCADE,
    target          TEXT    NOT NULL DEFAULT '',
    due             INTEGER NOT NULL,
    episode_from    INTEGER NOT NULL DEFAULT 0,
    episode_to      INTEGER NOT NULL DEFAULT 0,
    n               INTEGER NOT NULL DEFAULT 0,
    created         INTEGER NOT NULL,
    state           TEXT    NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    next            INTEGER,
    problem         TEXT    NOT NULL DEFAULT '',
    seen            INTEGER NOT NULL DEFAULT 0 CHECK (seen IN (0, 1))
) STRICT;

CREATE INDEX deliveries_next ON deliveries (next) WHERE next IS NOT NULL;
CREATE INDEX deliveries_subscription ON deliveries (subscription_id);
CREATE INDEX deliveries_notices ON deliveries (account_id) WHERE channel = 'page';

-- Hosts that webhooks may go to, and the emergency accounts: JSON lists.
ALTER TABLE settings ADD COLUMN webhook_hosts TEXT NOT NULL DEFAULT '[]';
ALTER TABLE settings ADD COLUMN emergency TEXT NOT NULL DEFAULT '[]';
