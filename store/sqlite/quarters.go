package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/pressly/goose/v3"

	"signpost/store"
)

// quarterOf gives the quarter of a day by which the look-up tables are partitioned. Ids are random, so an import writes to
// every page of the quarters that its sign-ins lie in. With whole days and 330,000 sign-ins a day, a batch of 10,000
// dirtied 5,200 pages. That was half of what an import wrote. By the hour it would be less still, and a look-up without a
// time would ask 8,760 times a year instead of 1,460.
func quarterOf(k store.Key) int64 {
	return floorDiv(int64(k)>>12, int64(6*time.Hour/time.Microsecond))
}

// lookUpTables are the tables that find rows by an id, with their columns other than the quarter.
var lookUpTables = []struct{ name, columns, definition string }{
	{"by_request", "g, log, k", "g INTEGER NOT NULL, log INTEGER NOT NULL, k INTEGER NOT NULL"},
	{"by_correlation", "g, log, k", "g INTEGER NOT NULL, log INTEGER NOT NULL, k INTEGER NOT NULL"},
	{"by_original", "g, k", "g INTEGER NOT NULL, k INTEGER NOT NULL"},
}

// quartersMigration parts the look-up tables by quarters of a day, which 00001 and 00002 made by days.
func (db *DB) quartersMigration() *goose.Migration {
	return goose.NewGoMigration(4, &goose.GoFunc{RunTx: db.partByQuarters}, nil)
}

func (db *DB) partByQuarters(ctx context.Context, tx *sql.Tx) error {
	for _, t := range lookUpTables {
		var parted bool
		err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pragma_table_info(?) WHERE name = 'quarter')", t.name).Scan(&parted)
		if err != nil {
			return fmt.Errorf("look at %s: %w", t.name, err)
		}
		if parted {
			continue
		}
		const micros = int64(6 * time.Hour / time.Microsecond)
		for _, statement := range []string{
			"CREATE TABLE parted (quarter INTEGER NOT NULL, " + t.definition + ", PRIMARY KEY (quarter, " + t.columns + ")) STRICT, WITHOUT ROWID",
			// Rounded down, as quarterOf does: keys before 2015 are negative.
			fmt.Sprintf("INSERT INTO parted SELECT (k >> 12) / %d - ((k >> 12) %% %d < 0), %s FROM %s", micros, micros, t.columns, t.name),
			"DROP TABLE " + t.name,
			"ALTER TABLE parted RENAME TO " + t.name,
		} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("part %s by quarters of a day: %w", t.name, err)
			}
		}
	}
	return nil
}
