-- +goose Up

-- The imported files of reports, see store.ReportFile: dated is the date of the file in microseconds since 1970, whole is 1 where
-- it holds the whole report.
CREATE TABLE state_reports (
    import INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    dated INTEGER NOT NULL,
    whole INTEGER NOT NULL,
    sum INTEGER,
    PRIMARY KEY (import, kind)
) STRICT, WITHOUT ROWID;

-- seen is the date of the newest file that has the row, import the last import of a file with it. A row that is older than the
-- newest whole file has the mark of store.MarkGone. The sum does not cover the two: the mark follows from seen, and a check
-- compares them.
ALTER TABLE states ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE states ADD COLUMN import INTEGER NOT NULL DEFAULT 0;
UPDATE states SET seen = CASE WHEN dated > 0 THEN dated ELSE as_of END;
CREATE INDEX states_import ON states (kind, import);
