-- +goose Up

-- By which rules the rows of a log were made of their records: n is the number of the rules, codes names the list of
-- error codes that statuses follow from. Rows with smaller keys than below are still as older rules made them;
-- lines_below is the same for lines: events of a line may be older than the line. Both are NULL where all rows are made.
-- A log without a row here was written before the rules had numbers.
CREATE TABLE derivations (
    log INTEGER PRIMARY KEY,
    n INTEGER NOT NULL,
    codes TEXT NOT NULL,
    below INTEGER,
    lines_below INTEGER
) STRICT;

-- When the records of a block were received, in microseconds since 1970: it orders the copies of a sign-in that tell no
-- time of ingestion. NULL of blocks that are older than this rule.
ALTER TABLE docs ADD COLUMN received INTEGER;

-- Rows whose own time nobody told were looked up by it. Every row is now, by filters over the columns.
DROP TABLE undated;
