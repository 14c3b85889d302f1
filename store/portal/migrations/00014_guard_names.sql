-- +goose Up

-- Whether names of files, folders and mails in Microsoft 365 activity are for Global Administrators alone.
ALTER TABLE settings ADD COLUMN guard_names INTEGER NOT NULL DEFAULT 0 CHECK (guard_names IN (0, 1));
