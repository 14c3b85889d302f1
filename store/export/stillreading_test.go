package export_test

import (
	"context"
	"strings"
	"testing"

	"signpost/store"
	"signpost/store/export"
)

// refilled is a store with older records that are being read again.
type refilled struct{ store.Store }

func (r refilled) Total(ctx context.Context, q store.ListQuery) (store.Total, error) {
	total, err := r.Store.Total(ctx, q)
	total.Complete = false
	return total, err
}

// Files that explain themselves say that older records are being read again, and no longer say so after that.
func TestArchivesSayThatOlderRecordsAreReadAgain(t *testing.T) {
	db := openStore(t)
	importPaths(t, db, "testdata/received.ndjson")
	for _, format := range []export.Format{export.ZIP, export.Evidence} {
		for _, isReading := range []bool{true, false} {
			var s store.Store = db
			if isReading {
				s = refilled{db}
			}
			r := everything(store.Interactive, format)
			if got, err := r.StillReading(t.Context(), s); err != nil || got != isReading {
				t.Errorf("%s: still reading: %t, %v, want %t", format, got, err, isReading)
			}
			var file strings.Builder
			if err := export.Write(t.Context(), &file, s, r); err != nil {
				t.Fatal(err)
			}
			files, _ := unpacked(t, []byte(file.String()))
			if got := strings.Contains(string(files["README.txt"]), export.StillReadingSentence); got != isReading {
				t.Errorf("%s: README.txt says that older records are read again: %t, want %t", format, got, isReading)
			}
			if got := strings.Contains(string(files["manifest.json"]), `"still_reading": true`); got != isReading {
				t.Errorf("%s: manifest.json says that older records are read again: %t, want %t", format, got, isReading)
			}
		}
	}
}
