-- +goose Up

-- The user ID that the user principal name of an account was found to stand for, once: names are given again.
ALTER TABLE accounts ADD COLUMN found_user_id TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN found_from TEXT NOT NULL DEFAULT '' CHECK (found_from IN ('', 'directory', 'logs'));
ALTER TABLE accounts ADD COLUMN found_at INTEGER NOT NULL DEFAULT 0;
