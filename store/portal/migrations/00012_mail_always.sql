-- +goose Up

-- Whether a mail goes out although its account has turned mails off: it is the one that says so.
ALTER TABLE mails ADD COLUMN always INTEGER NOT NULL DEFAULT 0 CHECK (always IN (0, 1));
