package sqlite

import (
	"context"
	"fmt"
)

// rowTable is the table of a log's rows, for logs of every kind of records. The property columns of a row stand in one BLOB
// (fields.go). SQL never looks at them: column segments answer every filter. As columns of their own, 87 would cost a byte each
// in every row's header. k orders rows by time: microseconds since 2015 << 12 | tie-breaker. ids are 16 bytes;
// original_request_id is one byte where it equals id. doc is where the newest version of the record stands; hash is that
// record's. ingested is microseconds after the event.
const rowTable = `CREATE TABLE IF NOT EXISTS %s (
    k INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    correlation_id BLOB,
    session_id BLOB,
    unique_token_identifier BLOB,
    original_request_id BLOB,
    doc INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    versions INTEGER NOT NULL,
    ingested INTEGER,
    time_is_ingestion INTEGER NOT NULL,
    derived_status INTEGER NOT NULL,
    fields BLOB NOT NULL
) STRICT`

// makeRowTables makes the tables of logs that the folder does not have yet: a log that is registered needs no step of the
// schema. It takes no lock where all are there.
func (db *DB) makeRowTables(ctx context.Context) error {
	for _, t := range db.schema.ordered {
		var has bool
		if err := db.writer.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?)", t.name).Scan(&has); err != nil {
			return fmt.Errorf("look for the table of the %s log: %w", t.log, err)
		}
		if has {
			continue
		}
		if _, err := db.writer.ExecContext(ctx, fmt.Sprintf(rowTable, t.name)); err != nil {
			return fmt.Errorf("make the table of the %s log: %w", t.log, err)
		}
	}
	return nil
}
