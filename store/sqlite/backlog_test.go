package sqlite

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"signpost/store"
)

// A store that lost cols.db gets its columns again a few rows at a time, and answers nothing until it is whole.
func TestBacklogIsSealedPieceByPiece(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	run(t, folder, 0)
	before := dump(t, folder)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(folder, "cols.db"+suffix)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	small := tinySizes(rand.New(rand.NewPCG(1, 2)))
	small.backlogBytes, small.sealRows, small.segment = 100, 70, 60
	db, err := Open(t.Context(), folder, signInsOnly, decodeJSON, withSizes(small))
	if err != nil {
		t.Fatal(err)
	}
	q := store.ListQuery{Log: store.Interactive, Range: rangeOf(noon.AddDate(0, 0, -9), noon.AddDate(0, 0, 9)), Limit: 10, AllEvents: true}
	if _, err := db.Total(t.Context(), q); !errors.Is(err, store.ErrRebuilding) {
		t.Errorf("a question before the columns are made: %v, want ErrRebuilding", err)
	}
	db.sealNow(t, false)
	total, err := db.Total(t.Context(), q)
	if err != nil || total.N != 900 {
		t.Errorf("%d sign-ins, %v; want 900", total.N, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if after := dump(t, folder); after != before {
		t.Errorf("the store differs:\n%s", firstDifference(after, before))
	}
}
