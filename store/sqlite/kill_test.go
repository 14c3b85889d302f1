package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

// killFolder tells the test binary that it is the importer that is going to be killed.
const killFolder = "SIGNPOST_TEST_KILL_FOLDER"

func TestMain(m *testing.M) {
	if folder := os.Getenv(killFolder); folder != "" {
		work := importForKilling
		switch {
		case os.Getenv(killSealing) != "":
			work = sealForKilling
		case os.Getenv(killRefilling) != "":
			work = refillForKilling
		}
		if err := work(folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// importForKilling imports the same records whenever it is called: some that another kind tells, new ones, later versions of
// them, and repeats, in small batches.
func importForKilling(folder string) error {
	ctx := context.Background()
	db, err := Open(ctx, folder, signInsOnly, decodeJSON)
	if err != nil {
		return err
	}
	defer db.Close()
	first := madeUp(store.Interactive, 900, 7)
	later := madeUp(store.Interactive, 900, 7)[:300]
	for i := range later {
		later[i].Ingested = later[i].Ingested.Add(time.Hour)
		later[i].City = "Later"
		later[i].Time = later[i].Time.Add(time.Microsecond)
	}
	told := madeUp(store.NonInteractive, 600, 8)[:200] // rows of them move when their log tells them
	for i := range told {
		told[i] = store.SignIn{Log: store.Interactive, ID: told[i].ID, Time: told[i].Time.Add(time.Second), UserID: told[i].UserID, SessionID: guid(80_000 + i), ToldBy: "activity"}
	}
	all := slices.Concat(told, first, madeUp(store.NonInteractive, 600, 8), later)
	for len(all) > 0 {
		n := min(40, len(all))
		records := make([]store.Record, n)
		for i, s := range all[:n] {
			records[i] = record(s)
		}
		all = all[n:]
		batch, err := db.Prepare(records)
		if err != nil {
			return err
		}
		if _, err := db.Commit(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

// Killing the importer at random moments and running it again leaves what one clean run leaves.
func TestKilledImporter(t *testing.T) {
	t.Parallel()
	kills := 5
	if os.Getenv("SIGNPOST_SOAK") != "" {
		kills = 50
	}
	clean := t.TempDir()
	began := time.Now()
	run(t, clean, 0)
	whole := time.Since(began)
	folder := t.TempDir()
	r := rand.New(rand.NewPCG(9, 9))
	for range kills {
		run(t, folder, time.Duration(r.Int64N(int64(whole))))
	}
	run(t, folder, 0)
	if got, want := dump(t, folder), dump(t, clean); got != want {
		t.Errorf("after %d kills the store differs from a clean run's:\n%s", kills, firstDifference(got, want))
	}
}

// run imports in a process of its own and kills it after a while; 0 lets it finish.
func run(t *testing.T, folder string, kill time.Duration, environment ...string) {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(append(os.Environ(), killFolder+"="+folder), environment...)
	var errors strings.Builder
	command.Stderr = &errors
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if kill > 0 {
		timer := time.AfterFunc(kill, func() { _ = command.Process.Kill() })
		defer timer.Stop()
	}
	if err := command.Wait(); err != nil && kill == 0 {
		t.Fatalf("import: %v: %s", err, errors.String())
	}
}

// dump writes every sign-in with its fields and history, in order.
func dump(t *testing.T, folder string) string {
	t.Helper()
	db, err := Open(t.Context(), folder, signInsOnly, decodeJSON)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	return dumpOf(t, db)
}

func dumpOf(t *testing.T, db *DB) string {
	t.Helper()
	var out strings.Builder
	for _, log := range []store.Log{store.Interactive, store.NonInteractive} {
		q := store.ListQuery{Log: log, Range: rangeOf(noon.Add(-96*time.Hour), noon.Add(time.Hour)), Limit: 200}
		total, err := db.Total(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, log, total.N)
		for {
			page, err := db.Page(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range page.Rows {
				whole, err := db.Get(t.Context(), store.GetQuery{Ref: store.Ref{Log: log, ID: row.SignIn().ID}})
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&out, "%s %+v\n", row.Key, row.SignIn())
				for _, v := range whole.Versions {
					fmt.Fprintf(&out, "  %s\n", v.Doc)
				}
			}
			if page.Next == nil {
				break
			}
			q.After = page.Next
		}
	}
	return out.String()
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(g), len(w))
}

func TestReindexChangesNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	run(t, folder, 0)
	before := dump(t, folder)
	db, err := Open(t.Context(), folder, signInsOnly, decodeJSON)
	if err != nil {
		t.Fatal(err)
	}
	var rows int64
	err = db.Reindex(t.Context(), func(n int64) { rows = n })
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if err != nil || rows != 1500 {
		t.Fatalf("reindexed %d rows, %v; want 1500", rows, err)
	}
	if after := dump(t, folder); after != before {
		t.Errorf("reindex changed the store:\n%s", firstDifference(after, before))
	}
}
