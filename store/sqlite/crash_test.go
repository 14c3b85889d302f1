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
	db, err := Open(ctx, folder, storetest.Decode, withSizes(busySizes()), WithCache(32<<10))
	if err != nil {
		return err
	}
	defer db.Close()
	id, err := db.BeginImport(ctx, store.ImportFile{Path: "test", Format: "azure-monitor"})
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	for records := range slices.Chunk(crashRecords(), 25) {
		batch, err := db.Prepare(records)
		if err != nil {
			return err
		}
		if _, err := db.Commit(ctx, id, batch); err != nil {
			return err
		}
		if r.IntN(3) == 0 {
			if err := oneRequest(ctx, db, r); err != nil {
				return err
			}
		}
	}
	return db.EndImport(ctx, id, store.ImportReport{Path: "test", Format: "azure-monitor"})
}

// Killed at any moment while it imports and seals, the store answers right: what it has in segments is what is in the
// rows, and after another run it is what one clean run leaves.
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
	for range kills {
		run(t, folder, time.Duration(r.Int64N(int64(whole))), killSealing+"=yes")
		segments = max(segments, checkKilled(t, folder))
	}
	if segments < 10 {
		t.Errorf("no killed run left more than %d segments", segments)
	}
	run(t, folder, 0, killSealing+"=yes")
	db, err := Open(t.Context(), folder, storetest.Decode)
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
