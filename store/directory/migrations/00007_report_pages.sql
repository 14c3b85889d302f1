-- +goose Up

-- received is the time of the file, in microseconds since 1970; 0 where an earlier version imported it. In whole, 2 is a part that
-- names a further page. The sum does not cover received: it decides only which files may be pages of one answer.
ALTER TABLE state_reports ADD COLUMN received INTEGER NOT NULL DEFAULT 0;
