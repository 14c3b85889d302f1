package sqlite

import (
	"os"
	"runtime/debug"
	"testing"
	"time"

	"signpost/store/storetest"
)

// Many sign-ins, in segments of the real sizes: after the import, with a small cache, and made again from the records.
func TestConformanceOfManyRows(t *testing.T) {
	t.Parallel()
	rows, cases, limits := 4_000, 60, usualSizes()
	if os.Getenv("SIGNPOST_SOAK") != "" {
		rows, cases = 310_000, 20_000
		defer debug.SetGCPercent(debug.SetGCPercent(30)) // the plain store takes some GB
	} else { // as many segments of a 48th of the rows
		limits.segment, limits.sealRows, limits.smallRows, limits.partKeys, limits.maxJoined = limits.segment/48, limits.sealRows/48, limits.smallRows/48, limits.partKeys/48, limits.maxJoined/48
	}
	folder := t.TempDir()
	open := func(options ...Option) *DB {
		db, err := Open(t.Context(), folder, signInsOnly, storetest.Decode, append(options, withSizes(limits))...)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	began := time.Now()
	stage := func(name string) {
		t.Logf("%s: %s", name, time.Since(began).Round(time.Second/10))
		began = time.Now()
	}
	db := open()
	large := storetest.NewLarge(t, beside(t, db), rows)
	stage("imported")
	large.Ask(t, beside(t, db), cases/2)
	stage("asked")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(WithCache(1 << 20))
	large.Ask(t, beside(t, db), cases/4)
	stage("asked with a cache of 1 MiB")
	if err := db.Reindex(t.Context(), func(int64) {}); err != nil {
		t.Fatal(err)
	}
	stage("made anew")
	large.Ask(t, beside(t, db), cases-cases/2-cases/4)
	stage("asked again")
	var segments, sealed int
	if err := db.reader.QueryRow("SELECT count(*), sum(rows) FROM segments").Scan(&segments, &sealed); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d segments of %d rows", segments, sealed)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
