-- +goose Up

-- The text of the records that an import rejected, to be mended and imported again. head is the row of headings of a CSV file.
-- places is a JSON list of the records with their logs and the sizes of their texts. texts are these texts one behind the other,
-- packed with zstd.
CREATE TABLE rejected (
    import INTEGER PRIMARY KEY,
    head BLOB NOT NULL,
    places TEXT NOT NULL,
    texts BLOB NOT NULL,
    sum INTEGER
) STRICT;

-- The text goes with the entry of the import.
-- +goose StatementBegin
CREATE TRIGGER rejected_gone AFTER DELETE ON imports BEGIN
    DELETE FROM rejected WHERE import = OLD.id;
END;
-- +goose StatementEnd
