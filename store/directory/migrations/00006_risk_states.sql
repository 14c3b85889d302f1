-- +goose Up

-- What lists of risky objects ask of the rows of states that are risky users, service principals and agents. level, state and detail
-- are as the records spell them. name, username and app are in the form of store.FoldCase, and name is the username where there is
-- no name. dated is the last change in microseconds since 1970, 0 for none. early, late, rise and fall are the places in the orders of store.RiskySort, which
-- store.Risky.Place gives. Everything here follows from states: rows that are missing are made when the file is opened.
CREATE TABLE risk_states (
    kind INTEGER NOT NULL,
    id TEXT NOT NULL,
    level TEXT NOT NULL COLLATE NOCASE,
    state TEXT NOT NULL COLLATE NOCASE,
    detail TEXT NOT NULL COLLATE NOCASE,
    name TEXT NOT NULL,
    username TEXT NOT NULL,
    app TEXT NOT NULL,
    dated INTEGER NOT NULL,
    as_of INTEGER NOT NULL,
    early INTEGER NOT NULL,
    late INTEGER NOT NULL,
    rise INTEGER NOT NULL,
    fall INTEGER NOT NULL,
    sum INTEGER,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX risk_states_early ON risk_states (kind, early, id);
CREATE INDEX risk_states_late ON risk_states (kind, late, id);
CREATE INDEX risk_states_rise ON risk_states (kind, rise, id);
CREATE INDEX risk_states_fall ON risk_states (kind, fall, id);
CREATE INDEX risk_states_name ON risk_states (kind, name, id);
-- Counts look at these alone.
CREATE INDEX risk_states_counts ON risk_states (kind, level, state, detail, dated, as_of);

-- The changes of risk that have a time, by the history in states: n counts those of an object from the oldest on, turn is
-- store.Turn, and doc is store.RiskTurn as JSON.
CREATE TABLE risk_turns (
    kind INTEGER NOT NULL,
    id TEXT NOT NULL,
    n INTEGER NOT NULL,
    at INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    doc TEXT NOT NULL,
    sum INTEGER,
    PRIMARY KEY (kind, id, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX risk_turns_at ON risk_turns (kind, at, id, n, turn);
