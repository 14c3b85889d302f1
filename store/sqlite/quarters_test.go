package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"signpost/store"
)

// A store with look-up tables parted by days, as they were made first, has them by quarters once it is opened. It finds the
// same sign-ins by their ids, also those before 2015, which have negative keys.
func TestLookUpsMoveFromDaysToQuarters(t *testing.T) {
	folder := t.TempDir()
	db, err := Open(t.Context(), folder, decodeJSON)
	if err != nil {
		t.Fatal(err)
	}
	old := madeUp(store.Interactive, 1, 3)[0]
	old.ID, old.OriginalRequestID, old.Time = guid(77), guid(78), time.Date(1999, 12, 31, 5, 59, 59, 0, time.UTC)
	put(t, db, append(madeUp(store.Interactive, 300, 1), old)...)
	const dump = "SELECT 'request', quarter, g, log, k FROM by_request UNION ALL SELECT 'correlation', quarter, g, log, k FROM by_correlation " +
		"UNION ALL SELECT 'original', quarter, g, 0, k FROM by_original ORDER BY 1, 2, 3, 4, 5"
	want := lines(t, db, dump)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	raw, err := openWriter(filepath.Join(folder, "main.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range lookUpTables {
		for _, statement := range []string{
			"CREATE TABLE by_day (day INTEGER NOT NULL, " + table.definition + ", PRIMARY KEY (day, " + table.columns + ")) STRICT, WITHOUT ROWID",
			"INSERT INTO by_day SELECT (k >> 12) / 86400000000 - (k < 0), " + table.columns + " FROM " + table.name,
			"DROP TABLE " + table.name,
			"ALTER TABLE by_day RENAME TO " + table.name,
		} {
			if _, err := raw.Exec(statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
	}
	for _, statement := range []string{ // what later migrations made is made again
		"DROP TABLE directory", "DROP TABLE members", "DROP TABLE memberships", "DROP TABLE directory_revision",
		"DROP TABLE derivations", "ALTER TABLE docs DROP COLUMN received", "CREATE TABLE undated (k INTEGER)", "DROP TABLE last_seen", "DROP TABLE last_seen_state",
		"DELETE FROM goose_db_version WHERE version_id >= 4",
	} {
		if _, err := raw.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}

	db, err = Open(t.Context(), folder, decodeJSON)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got := lines(t, db, dump); got != want {
		t.Errorf("the look-ups differ: got\n%s\nwant\n%s", got, want)
	}
	found, err := db.SignIn(t.Context(), store.Interactive, old.ID)
	if err != nil || !found.SignIn.Time.Equal(old.Time) {
		t.Errorf("the sign-in of 1999 is %v, %v; want the one at %v", found.SignIn.Time, err, old.Time)
	}
}
