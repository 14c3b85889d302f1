-- +goose Up

-- What was decided about a report, one row for each decision. The newest one is also in sign_in_answers. A row is never changed.
CREATE TABLE report_decisions (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    answer_id INTEGER NOT NULL REFERENCES sign_in_answers (id) ON DELETE CASCADE,
    state     TEXT    NOT NULL CHECK (state IN ('open', 'confirmed', 'dismissed')),
    made_by   TEXT    NOT NULL, -- the account's name
    made      INTEGER NOT NULL,
    note      TEXT    NOT NULL,
    note_told INTEGER NOT NULL CHECK (note_told IN (0, 1)) -- the person reads the note
) STRICT;

CREATE INDEX report_decisions_answer ON report_decisions (answer_id, id);

-- Earlier versions kept the newest decision alone. After one the person changes the state only where the report was opened again.
INSERT INTO report_decisions (answer_id, state, made_by, made, note, note_told)
    SELECT id, CASE WHEN state IN ('confirmed', 'dismissed') THEN state ELSE 'open' END, decided_by, decided, note, note_told
    FROM sign_in_answers WHERE decided IS NOT NULL ORDER BY decided, id;
