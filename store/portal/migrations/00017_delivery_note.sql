-- +goose Up

-- A note about the number or the file of a message: older records were being read again, or conditions did not count.
ALTER TABLE deliveries ADD COLUMN note TEXT NOT NULL DEFAULT '';
