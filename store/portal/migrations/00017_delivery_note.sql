-- +goose Up

-- What a message says beside its number: that older records were being read again, and which conditions did not count.
ALTER TABLE deliveries ADD COLUMN note TEXT NOT NULL DEFAULT '';
