-- +goose Up

-- What each imported file says about each log: see package store/coverage. Times are microseconds since 1970, those of lateness
-- too; exact is 1 for the start and 2 for the end; arrivals is a text of store.Arrivals. All but arrivals, timed, p50 and p95
-- follow from the import's report.
CREATE TABLE statements (
    import INTEGER NOT NULL,
    log TEXT NOT NULL,
    basis TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    sure_since INTEGER NOT NULL,
    sure_until INTEGER NOT NULL,
    exact INTEGER NOT NULL,
    records INTEGER NOT NULL,
    read INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    cut TEXT NOT NULL,
    timed INTEGER NOT NULL,
    p50 INTEGER NOT NULL,
    p95 INTEGER NOT NULL,
    arrivals TEXT NOT NULL,
    sum INTEGER
) STRICT;
CREATE UNIQUE INDEX statements_import ON statements (import, log);
CREATE INDEX statements_until ON statements (log, until, since);
CREATE INDEX statements_since ON statements (log, since) WHERE basis <> 'absent';
CREATE INDEX statements_last ON statements (log, until) WHERE basis <> 'absent';

-- stated is 1 for an import whose report was turned into statements.
ALTER TABLE imports ADD COLUMN stated INTEGER NOT NULL DEFAULT 0;
CREATE INDEX imports_unstated ON imports (id) WHERE stated = 0 AND report IS NOT NULL;
