-- +goose Up

-- Whether the note of a decision was written for the person who reported. Those of earlier versions were for administrators.
ALTER TABLE sign_in_answers ADD COLUMN note_told INTEGER NOT NULL DEFAULT 0 CHECK (note_told IN (0, 1));
