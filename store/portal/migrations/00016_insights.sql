-- +goose Up

-- What administrators tell the reports. sensitive has the IDs of sensitive applications as a JSON list; NULL means those of the preset.
-- moves has the applications that relying parties of AD FS move to, as a JSON object.
ALTER TABLE settings ADD COLUMN sensitive TEXT;
ALTER TABLE settings ADD COLUMN moves TEXT NOT NULL DEFAULT '{}';
