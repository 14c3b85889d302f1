-- +goose Up

-- The emergency account that a message is about; empty for all of them, and for messages of other watches.
ALTER TABLE deliveries ADD COLUMN about_user TEXT NOT NULL DEFAULT '';
