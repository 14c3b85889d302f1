-- +goose Up

-- What an account may read of the tenant, as JSON: {"groups":[...],"apps":[...]}. Empty: everything that its roles let it see.
ALTER TABLE accounts ADD COLUMN scope TEXT NOT NULL DEFAULT '';
