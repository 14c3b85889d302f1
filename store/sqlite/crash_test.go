package sqlite

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
	"signpost/store/storetest"
)

// killSealing tells the process that is going to be killed to seal all the time.
const killSealing = "SIGNPOST_TEST_KILL_SEALING"

// crashRecords are the same at every call: sign-ins by time, later copies behind.
func crashRecords() []store.Record {
	signIns := storetest.MadeUp(71, 900)
	signIns = append(signIns, storetest.Versions(71, signIns)...)
	records := make([]store.Record, len(signIns))
	for i, s := range signIns {
		records[i] = storetest.Copy(s)
	}
	return records
}

// sealForKilling imports the records in small batches while it seals and, at times, asks.
func sealForKilling(folder string) error {
	ctx := context.Background()
	db, err := Open(ctx, folder, signInsOnly, storetest.Decode, withSizes(busySizes()), WithCache(32<<10))
	if err != nil {
		return err
	}
	defer db.Close()
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	for records := range slices.Chunk(crashRecords(), 25) {
		batch, err := db.Prepare(records)
		if err != nil {
			return err
		}
		if _, err := db.Commit(ctx, batch); err != nil {
			return err
		}
		if r.IntN(3) == 0 {
			if err := oneRequest(ctx, db, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// Killed at any moment while it imports and seals, the store answers right. What it has in segments is what is in the rows.
// After another run it is what one clean run leaves.
func TestKilledWhileSealing(t *testing.T) {
	t.Parallel()
	kills, cases := 5, 40
	if os.Getenv("SIGNPOST_SOAK") != "" {
		kills, cases = 50, 2000
	}
	began := time.Now()
	run(t, t.TempDir(), 0, killSealing+"=yes")
	whole := time.Since(began)
	folder := t.TempDir()
	r := seeded(71)
	segments := 0
	for n := 0; n < kills || segments < 10 && n < 4*kills; n++ { // on a machine that became busy the kills come early
		run(t, folder, time.Duration(r.Int64N(int64(whole))), killSealing+"=yes")
		segments = max(segments, checkKilled(t, folder))
	}
	if segments < 10 {
		t.Errorf("no killed run left more than %d segments", segments)
	}
	run(t, folder, 0, killSealing+"=yes")
	db, err := Open(t.Context(), folder, signInsOnly, storetest.Decode)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	plain := storetest.Holding(t, db, crashRecords())
	for n := range cases {
		storetest.Compare(t, db, plain, storetest.RandomCase(rand.New(rand.NewPCG(72, uint64(n))), plain))
	}
}

// checkKilled compares the answers of a store with those of a copy that has lost cols.db, and says how many segments it has.
func checkKilled(t *testing.T, folder string) (segments int) {
	t.Helper()
	copied := t.TempDir()
	for _, name := range []string{"main.db", "main.db-wal", "cols.db", "cols.db-wal"} {
		b, err := os.ReadFile(filepath.Join(folder, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(copied, name), b, 0o600)
		}
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	answers := func() (all []string, told string) {
		v := &variant{folder: copied, options: []Option{withSizes(busySizes())}}
		v.open(t)
		defer v.close(t)
		if err := v.reader.QueryRow("SELECT count(*) FROM segments").Scan(&segments); err != nil {
			t.Fatal(err)
		}
		all = askAll(t, v.DB)
		for range 10 {
			if err := oneRequest(t.Context(), v.DB, rand.New(rand.NewPCG(73, uint64(segments)))); err != nil {
				t.Error(err)
			}
		}
		return all, v.log.peek()
	}
	killed, told := answers()
	if told != "" {
		t.Errorf("a kill does no harm to cols.db, but the log says:\n%s", told)
	}
	had := segments
	for _, name := range []string{"cols.db", "cols.db-wal", "cols.db-shm"} {
		_ = os.Remove(filepath.Join(copied, name)) // some are not there
	}
	anew, _ := answers()
	if diff := gocmp.Diff(anew, killed); diff != "" {
		t.Errorf("the answers differ from those made from the rows (-rows +killed):\n%s", diff)
	}
	return had
}

// A log that was cut anywhere, as a crash of the machine may leave it, opens as what some first batches made.
func TestCutLogIsAPrefix(t *testing.T) {
	t.Parallel()
	cuts := 40
	if os.Getenv("SIGNPOST_SOAK") != "" {
		cuts = 2000
	}
	folder, copied := t.TempDir(), t.TempDir()
	db, err := Open(t.Context(), folder, signInsOnly, decodeJSON)
	if err != nil {
		t.Fatal(err)
	}
	const perBatch = 25
	for some := range slices.Chunk(madeUp(store.Interactive, 20*perBatch, 6), perBatch) {
		put(t, db, some...)
	}
	copyFile(t, folder, copied, "main.db")
	copyFile(t, folder, copied, "main.db-wal")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(filepath.Join(copied, "main.db-wal"))
	if err != nil || len(log) < 100_000 {
		t.Fatalf("a log of %d bytes, %v", len(log), err)
	}
	r := seeded(74)
	seen := map[int64]bool{}
	for range cuts {
		cut, at := t.TempDir(), r.IntN(len(log)+1)
		copyFile(t, copied, cut, "main.db")
		if err := os.WriteFile(filepath.Join(cut, "main.db-wal"), log[:at], 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := Open(t.Context(), cut, signInsOnly, decodeJSON)
		if err != nil {
			t.Fatalf("cut at %d of %d bytes: %v", at, len(log), err)
		}
		report, err := db.Checkup(t.Context(), nil)
		if err != nil || report.Total > 0 || report.Rows%perBatch != 0 {
			t.Errorf("cut at %d of %d bytes: %+v, %v", at, len(log), report, err)
		}
		seen[report.Rows] = true
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	if len(seen) < 5 {
		t.Errorf("only %d prefixes were seen", len(seen))
	}
}
