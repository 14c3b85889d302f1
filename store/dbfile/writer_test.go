package dbfile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"signpost/store"
)

// The file goes while a transaction is under way.
func TestReplacedWithinATransaction(t *testing.T) {
	folder := t.TempDir()
	w, err := OpenWriter(filepath.Join(folder, "main.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.Exec("CREATE TABLE kept (k INTEGER)"); err != nil {
		t.Fatal(err)
	}
	if err := w.Watch(); err != nil {
		t.Fatal(err)
	}
	tx, err := w.BeginTx(t.Context(), nil)
	if err == nil {
		_, err = tx.Exec("INSERT INTO kept VALUES (1)")
	}
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "main.db")
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if err := StoreError(t.Context(), tx.Commit()); !errors.Is(err, store.ErrReplaced) {
		t.Errorf("got %v, want ErrReplaced", err)
	}
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := w.QueryRow("SELECT count(*) FROM kept").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows are kept, want none: %v", n, err)
	}
}
