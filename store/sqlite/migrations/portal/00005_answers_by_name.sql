-- +goose Up

-- An answer is of the sign-in with that log and request ID. Its place in the log moves as more of it becomes known, so
-- nothing outside the log keeps it.
ALTER TABLE sign_in_answers DROP COLUMN sign_in_key;
