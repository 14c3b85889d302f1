package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/dbfile"
)

// copyFile copies one file of a folder into another folder.
func copyFile(t *testing.T, from, to, name string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(from, name))
	if err == nil {
		err = os.WriteFile(filepath.Join(to, name), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// varied is a store with something in every table: lines of several events, later copies, ids that are texts.
func varied(t *testing.T, folder string, options ...Option) {
	t.Helper()
	db, err := Open(t.Context(), folder, signInsOnly, decodeJSON, options...)
	if err != nil {
		t.Fatal(err)
	}
	first := madeUp(store.Interactive, 150, 4)
	for i := range first {
		first[i].UserID, first[i].UserDisplayName = guid(9000+i%7), fmt.Sprintf("Person %d", i%7)
		if i%11 == 0 {
			first[i].ID = fmt.Sprintf("an id that is a text %d", i)
		}
	}
	for i := range 12 { // lines
		for step, code := range []int64{50074, 500121, 0} {
			e := first[0]
			e.ID, e.CorrelationID, e.OriginalRequestID = guid(50_000+10*i+step), guid(60_000+i), ""
			e.ErrorCode, e.Time = store.IntOf(code), noon.Add(time.Duration(-i)*time.Hour+time.Duration(step)*time.Minute)
			first = append(first, e)
		}
	}
	later := slices.Clone(first[20:50])
	for i := range later {
		later[i].Ingested, later[i].City = later[i].Ingested.Add(time.Hour), "Later"
	}
	put(t, db, first...)
	put(t, db, madeUp(store.NonInteractive, 100, 5)...)
	put(t, db, later...)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// allTold is everything that a folder tells; an error where it says that something is wrong.
func allTold(ctx context.Context, db *DB) (string, error) {
	var said strings.Builder
	for _, info := range store.SignIns.Logs {
		q := store.ListQuery{Log: info.Log, Range: allTime, Limit: store.MaxLimit}
		total, err := db.Total(ctx, q)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(&said, info.Log, total)
		for _, q.AllEvents = range []bool{false, true} {
			for q.After = nil; ; {
				page, err := db.Page(ctx, q)
				if err != nil {
					return "", err
				}
				for _, row := range page.Rows {
					said.WriteString(inJSON(row) + "\n")
				}
				if q.After = page.Next; q.After == nil {
					break
				}
			}
		}
		page, err := db.Records(ctx, store.RecordsQuery{ListQuery: store.ListQuery{Log: info.Log, Range: allTime, AllEvents: true, Limit: 10_000}})
		if err != nil {
			return "", err
		}
		for _, r := range page.Records {
			said.WriteString(inJSON(r) + "\n")
			if _, err := db.Get(ctx, store.GetQuery{Ref: store.Ref{Log: info.Log, ID: r.SignIn().ID}}); err != nil {
				return "", err
			}
		}
	}
	for i := range 8 {
		last, err := db.LastSuccess(ctx, store.ObjectUser, []string{guid(9000 + i)})
		if err != nil {
			return "", err
		}
		fmt.Fprintln(&said, last)
	}
	return said.String(), nil
}

// Whatever bit of main.db is flipped: either everything is told as before, or reading says that something is wrong, or the
// checkup finds it.
func TestCheckupFindsFlippedBits(t *testing.T) {
	t.Parallel()
	flips := 30
	if os.Getenv("SIGNPOST_SOAK") != "" {
		flips = 1500
	}
	folder := t.TempDir()
	varied(t, folder)
	db, err := Open(t.Context(), folder, signInsOnly, decodeJSON)
	if err != nil {
		t.Fatal(err)
	}
	want, err := allTold(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	report, err := db.Checkup(t.Context(), nil)
	if err != nil || report.Total > 0 || report.Unsummed > 0 || report.Rows != 286 {
		t.Fatalf("before any damage: %+v, %v", report, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(folder, "main.db"))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(15, 11))
	told, found, refused := 0, 0, 0
	for range flips {
		copied := t.TempDir()
		copyFile(t, folder, copied, "cols.db")
		at, bit := r.IntN(len(whole)), r.IntN(8)
		changed := slices.Clone(whole)
		changed[at] ^= 1 << bit
		if err := os.WriteFile(filepath.Join(copied, "main.db"), changed, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := Open(t.Context(), copied, signInsOnly, decodeJSON)
		if err != nil {
			refused++
			continue
		}
		got, err := allTold(t.Context(), db)
		switch {
		case err != nil:
			told++
		case got != want:
			found++
			if report, err := db.Checkup(t.Context(), nil); err == nil && report.Total == 0 {
				t.Errorf("byte %d, bit %d (page %d) changed what is told, and nothing was found:\n%s", at, bit, at/4096+1, firstDifference(got, want))
			}
		}
		_ = db.Close() // it may be too damaged for that
	}
	t.Logf("%d flips: %d refused to open, %d told when read, %d found", flips, refused, told, found)
}

// A damaged row is found by what reads it, and made again from its record.
func TestDamagedRowsAreFoundAndMended(t *testing.T) {
	for name, statement := range map[string]string{
		"its fields":         "UPDATE rows_interactive SET fields = CAST(substr(fields, 1, 14) || CASE substr(fields, 15, 1) WHEN x'01' THEN x'02' ELSE x'01' END || substr(fields, 16) AS BLOB) WHERE k = ?",
		"its correlation ID": "UPDATE rows_interactive SET correlation_id = x'00112233445566778899AABBCCDDEEFF' WHERE k = ?",
		"its status":         "UPDATE rows_interactive SET derived_status = 1 - min(derived_status, 1) WHERE k = ?",
		"its hash":           "UPDATE rows_interactive SET hash = hash + 1 WHERE k = ?",
		"its ingestion time": "UPDATE rows_interactive SET ingested = ingested + 1 WHERE k = ?",
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			varied(t, folder)
			db := openFolderJSON(t, folder)
			want, err := allTold(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			var k int64
			if err := db.reader.QueryRow("SELECT k FROM rows_interactive WHERE versions = 1 AND length(id) = 16 AND k NOT IN (SELECT k FROM folded UNION SELECT k FROM lines) LIMIT 1 OFFSET 5").Scan(&k); err != nil {
				t.Fatal(err)
			}
			if _, err := db.writer.Exec(statement, k); err != nil {
				t.Fatal(err)
			}
			q := store.ListQuery{Log: store.Interactive, Range: allTime, AllEvents: true, Limit: 10_000}
			if _, err := db.Records(t.Context(), store.RecordsQuery{ListQuery: q}); !errors.Is(err, store.ErrDamaged) {
				t.Errorf("Records: %v, want ErrDamaged", err)
			}
			if _, err := db.Page(t.Context(), q); !errors.Is(err, store.ErrDamaged) {
				t.Errorf("SignIns: %v, want ErrDamaged", err)
			}
			report, err := db.Checkup(t.Context(), nil)
			if err != nil || report.Total == 0 || !strings.Contains(fmt.Sprint(report.Damages), "rows_interactive") {
				t.Errorf("the checkup: %+v, %v", report, err)
			}
			if err := db.Reindex(t.Context(), func(int64) {}); err != nil {
				t.Errorf("reindex: %v", err)
			}
			if report, err := db.Checkup(t.Context(), nil); err != nil || report.Total > 0 {
				t.Errorf("after reindex: %+v, %v", report, err)
			}
			if got, err := allTold(t.Context(), db); err != nil || got != want {
				t.Errorf("after reindex: %v\n%s", err, firstDifference(got, want))
			}
		})
	}
}

// openFolderJSON opens a folder with the records of this package's tests.
func openFolderJSON(t *testing.T, folder string, options ...Option) *DB {
	t.Helper()
	db, err := Open(t.Context(), folder, signInsOnly, decodeJSON, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Rows and words that were written before there were sums get theirs in the background, and no segment is made again for it.
func TestOlderRowsGetSums(t *testing.T) {
	folder := t.TempDir()
	varied(t, folder)
	w, err := dbfile.OpenWriter(filepath.Join(folder, "main.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"rows_interactive", "rows_noninteractive"} {
		_, err = w.Exec("UPDATE " + table + ` SET fields = CAST(unhex(printf('%02x', instr('0123456789abcdef', lower(substr(hex(fields), 1, 1))) * 16 - 16 - 128
			+ instr('0123456789abcdef', lower(substr(hex(fields), 2, 1))) - 1)) || substr(fields, 2, length(fields) - 5) AS BLOB)`)
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{"UPDATE words SET sum = NULL", "UPDATE derivations SET n = n - 1"} {
		if _, err := w.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	still := usualSizes()
	still.tick = time.Hour // nothing happens by itself
	db := openFolderJSON(t, folder, withSizes(still))
	report, err := db.Checkup(t.Context(), nil)
	if err != nil || report.Total > 0 || report.Unsummed != report.Rows || report.Rows != 286 {
		t.Fatalf("before: %+v, %v", report, err)
	}
	want, err := allTold(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	segments := lines(t, db, "SELECT id FROM segments ORDER BY id")
	makeAllAgain(t, db)
	if err := db.sumWords(t.Context()); err != nil {
		t.Fatal(err)
	}
	report, err = db.Checkup(t.Context(), nil)
	if err != nil || report.Total > 0 || report.Unsummed > 0 {
		t.Errorf("after: %+v, %v", report, err)
	}
	if n := lines(t, db, "SELECT count(*) FROM words WHERE sum IS NULL UNION ALL SELECT count(*) FROM changes"); n != "0\n0\n" {
		t.Errorf("words without a sum, and changes: %s", n)
	}
	if got := lines(t, db, "SELECT id FROM segments ORDER BY id"); got != segments {
		t.Errorf("segments %s became %s", segments, got)
	}
	if got, err := allTold(t.Context(), db); err != nil || strings.ReplaceAll(got, "false", "true") != strings.ReplaceAll(want, "false", "true") {
		t.Errorf("what is told changed: %v\n%s", err, firstDifference(got, want))
	}
}
