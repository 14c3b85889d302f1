package dbfile

import (
	"path/filepath"
	"testing"
)

// Damage can make a cell one of another type. That is damage of the row, and no end of the check.
func TestSumsTellOfOtherTypes(t *testing.T) {
	w, err := OpenWriter(filepath.Join(t.TempDir(), "main.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	kept := Summed{Table: "kept", Columns: "k, text, n"}
	if _, err := w.Exec("CREATE TABLE kept (k INTEGER PRIMARY KEY, text TEXT, n INTEGER, sum INTEGER)"); err != nil { // not strict, so that it takes them
		t.Fatal(err)
	}
	for _, change := range []string{"text = CAST(text AS BLOB)", "n = n + 0.5", "n = CAST('1' AS BLOB)", "sum = sum + 0.5", "sum = CAST(sum AS BLOB)"} {
		tx, err := w.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec("INSERT OR REPLACE INTO kept VALUES (7, 'a', 1, NULL)"); err != nil {
			t.Fatal(err)
		}
		if err := kept.Write(t.Context(), tx, "k = ?", 7); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		var places []string
		check := func() {
			places = nil
			if err := kept.Check(t.Context(), w, func(place string) { places = append(places, place) }); err != nil {
				t.Fatal(err)
			}
		}
		if check(); len(places) != 0 {
			t.Errorf("as written: damaged %q", places)
		}
		if _, err := w.Exec("UPDATE kept SET " + change); err != nil {
			t.Fatal(err)
		}
		if check(); len(places) != 1 || places[0] != "kept, k 7" {
			t.Errorf("%s: damaged %q, want the row", change, places)
		}
	}
}
