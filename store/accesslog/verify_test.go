package accesslog

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"signpost/store/access"
)

// tampered runs statements as somebody with the file would, follows the chain, and takes back what it did.
func tampered(t *testing.T, l *Log, tamper func(tx *sql.Tx), heads ...access.Head) []Finding {
	t.Helper()
	tx, err := l.writer.DB.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // that is what it is for
	must(t, tx, "DROP TRIGGER records_are_not_changed")
	tamper(tx)
	kept, err := l.keeper.AccessHead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v, err := verify(t.Context(), tx, kept, heads)
	if err != nil {
		t.Fatal(err)
	}
	return v.Findings
}

func must(t *testing.T, tx *sql.Tx, query string, args ...any) {
	t.Helper()
	result, err := tx.ExecContext(context.Background(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 && bytes.HasPrefix([]byte(query), []byte("UPDATE")) {
		t.Fatalf("%s: %d rows, %v", query, n, err)
	}
}

// writeAgain gives a row other contents, with a hash that is its own.
func writeAgain(t *testing.T, tx *sql.Tx, number int64, document string) {
	t.Helper()
	rows, err := tx.QueryContext(t.Context(), "SELECT number, time, document, previous, hash FROM records WHERE number = ?", number)
	if err != nil || !rows.Next() {
		t.Fatal(number, err)
	}
	r, err := scanRecord(rows)
	if err != nil {
		t.Fatal(err)
	}
	_ = rows.Close()
	hash := hashOf(r.number, r.micros, r.previous, []byte(document))
	must(t, tx, "UPDATE records SET document = ?, hash = ? WHERE number = ?", document, hash[:], number)
}

func swap(t *testing.T, tx *sql.Tx, a, b int64, columns ...string) {
	t.Helper()
	if len(columns) == 0 { // the rows as a whole
		must(t, tx, "UPDATE records SET number = -1 WHERE number = ?", a)
		must(t, tx, "UPDATE records SET number = ? WHERE number = ?", a, b)
		must(t, tx, "UPDATE records SET number = ? WHERE number = -1", b)
		return
	}
	for _, column := range columns {
		must(t, tx, fmt.Sprintf("UPDATE records SET %[1]s = o.%[1]s FROM (SELECT number, %[1]s FROM records WHERE number IN (?1, ?2)) AS o WHERE records.number IN (?1, ?2) AND o.number = ?1 + ?2 - records.number", column), a, b)
	}
}

// logOf is a log of n records, and its keeper.
func logOf(t *testing.T, n int) *Log {
	t.Helper()
	l := open(t, t.TempDir(), WithKeeper(&memory{}))
	appendMany(t, l, n)
	l.keepHead(false)
	if found := tampered(t, l, func(*sql.Tx) {}); len(found) > 0 {
		t.Fatalf("nothing was done, and found is %v", found)
	}
	return l
}

// size is how many records are tampered with: as many as are promised in the long run of the tests.
func size() int64 {
	if os.Getenv("SIGNPOST_SOAK") != "" {
		return 10_000
	}
	return 240
}

// Whatever is done to a record, it is named: alone, and where it is done to many at once.
func TestVerifyNamesEveryRecord(t *testing.T) {
	t.Parallel()
	n := size()
	l := logOf(t, int(n))
	const apart = 8
	ways := []struct {
		name   string
		tamper func(tx *sql.Tx, number int64)
		want   func(number int64) []Finding
	}{
		{"its document changed", func(tx *sql.Tx, i int64) { must(t, tx, "UPDATE records SET document = '{}' WHERE number = ?", i) }, oneFinding(Changed)},
		{"its time changed", func(tx *sql.Tx, i int64) { must(t, tx, "UPDATE records SET time = time + 1 WHERE number = ?", i) }, oneFinding(Changed)},
		{"its hash changed", func(tx *sql.Tx, i int64) { must(t, tx, "UPDATE records SET hash = zeroblob(32) WHERE number = ?", i) }, oneFinding(Changed)},
		{"its link changed", func(tx *sql.Tx, i int64) {
			must(t, tx, "UPDATE records SET previous = randomblob(32) WHERE number = ?", i)
		}, oneFinding(Changed)},
		{"written again", func(tx *sql.Tx, i int64) { writeAgain(t, tx, i, `{"action":"open"}`) }, oneFinding(Rewritten)},
		{"removed", func(tx *sql.Tx, i int64) { must(t, tx, "DELETE FROM records WHERE number = ?", i) }, func(i int64) []Finding {
			if i == n {
				return []Finding{{Kind: Cut, Number: n, To: n}}
			}
			return []Finding{{Kind: Removed, Number: i, To: i}}
		}},
		{"swapped", func(tx *sql.Tx, i int64) { swap(t, tx, i, neighbour(i)) }, twoMoved},
		{"contents swapped", func(tx *sql.Tx, i int64) { swap(t, tx, i, neighbour(i), "document", "time") }, twoMoved},
		{"contents and links swapped", func(tx *sql.Tx, i int64) { swap(t, tx, i, neighbour(i), "document", "time", "previous", "hash") }, twoMoved},
	}
	for _, way := range ways {
		for start := int64(1); start <= apart; start++ {
			var want []Finding
			got := tampered(t, l, func(tx *sql.Tx) {
				for i := start; i <= n; i += apart {
					way.tamper(tx, i)
					want = append(want, way.want(i)...)
				}
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s, from %d: (-want +got)\n%s", way.name, start, diff)
			}
		}
		for _, i := range []int64{1, 2, n / 2, n - 1, n} {
			got := tampered(t, l, func(tx *sql.Tx) { way.tamper(tx, i) })
			if diff := cmp.Diff(way.want(i), got); diff != "" {
				t.Fatalf("%s, %d alone: (-want +got)\n%s", way.name, i, diff)
			}
		}
	}
	tx, err := l.writer.DB.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // that is what it is for
	kept, _ := l.keeper.AccessHead(t.Context())
	for i := n; i >= 1; i-- {
		must(t, tx, "DELETE FROM records WHERE number >= ?", i)
		v, err := verify(t.Context(), tx, kept, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]Finding{{Kind: Cut, Number: i, To: n}}, v.Findings); diff != "" {
			t.Fatalf("cut at %d: (-want +got)\n%s", i, diff)
		}
	}
}

func oneFinding(kind FindingKind) func(int64) []Finding {
	return func(i int64) []Finding { return []Finding{{Kind: kind, Number: i}} }
}

// neighbour is the record that one is swapped with: the next, or for an even number the one before. So none is swapped twice.
func neighbour(i int64) int64 {
	if i%2 == 0 {
		return i - 1
	}
	return i + 1
}

func twoMoved(i int64) []Finding {
	a, b := min(i, neighbour(i)), max(i, neighbour(i))
	return []Finding{{Kind: Moved, Number: a, Of: b}, {Kind: Moved, Number: b, Of: a}}
}

// Whoever writes the whole rest of the chain again is found by a head that was kept elsewhere, and so is who cuts it off along with
// the head in portal.db.
func TestVerifyComparesHeads(t *testing.T) {
	t.Parallel()
	l := logOf(t, 50)
	records, err := l.After(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	headAt := func(i int64) access.Head { return access.Head{Number: i, Hash: records[i-1].Hash} }
	again := func(tx *sql.Tx, from int64) {
		for i := from; i <= 50; i++ {
			if i > from {
				must(t, tx, "UPDATE records SET previous = (SELECT hash FROM records WHERE number = ?) WHERE number = ?", i-1, i)
			}
			writeAgain(t, tx, i, `{"action":"open"}`)
		}
	}
	kept, _ := l.keeper.AccessHead(t.Context())
	for _, test := range []struct {
		name   string
		kept   access.Head // in portal.db
		tamper func(tx *sql.Tx)
		heads  []access.Head
		want   []Finding
	}{
		{"written again to the end", kept.Head, func(tx *sql.Tx) { again(tx, 20) }, nil, []Finding{{Kind: Rewritten, Number: 50}}},
		{"a head of the log, and portal.db written again too", access.Head{}, func(tx *sql.Tx) { again(tx, 20) }, []access.Head{headAt(19), headAt(30)}, []Finding{{Kind: Rewritten, Number: 30}}},
		{"cut, and portal.db with it", headAt(30), func(tx *sql.Tx) { must(t, tx, "DELETE FROM records WHERE number > 30") }, []access.Head{headAt(40)}, []Finding{{Kind: Cut, Number: 31, To: 40}}},
		{"all of it is gone", kept.Head, func(tx *sql.Tx) { must(t, tx, "DELETE FROM records") }, nil, []Finding{{Kind: Cut, Number: 1, To: 50}}},
		{"heads that agree", kept.Head, func(*sql.Tx) {}, []access.Head{headAt(1), headAt(50)}, nil},
		{"a head of another log", kept.Head, func(*sql.Tx) {}, []access.Head{{Number: 7, Hash: headAt(8).Hash}}, []Finding{{Kind: Rewritten, Number: 7}}},
	} {
		l.keeper = &memory{head: access.KeptHead{Head: test.kept}}
		if diff := cmp.Diff(test.want, tampered(t, l, test.tamper, test.heads...)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}

// A log that was cut, or written again, goes on behind the head that was kept: what is missing is named ever after.
func TestABreakStays(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tamper func(tx *sql.Tx)
		want   []Finding
	}{
		"cut":           {func(tx *sql.Tx) { must(t, tx, "DELETE FROM records WHERE number > 7") }, []Finding{{Kind: Removed, Number: 8, To: 10}}},
		"empty":         {func(tx *sql.Tx) { must(t, tx, "DELETE FROM records") }, []Finding{{Kind: Removed, Number: 1, To: 10}}},
		"written again": {func(tx *sql.Tx) { writeAgain(t, tx, 10, "{}") }, []Finding{{Kind: Rewritten, Number: 10}}},
	} {
		t.Run(name, func(t *testing.T) {
			folder, kept := t.TempDir(), &memory{}
			l := open(t, folder, WithKeeper(kept))
			appendMany(t, l, 10)
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			l = open(t, folder) // somebody with the file
			tx, err := l.writer.DB.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			must(t, tx, "DROP TRIGGER records_are_not_changed")
			test.tamper(tx)
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				l = open(t, folder, WithKeeper(kept))
				if err := l.Append(t.Context(), aRecord(1)); err != nil {
					t.Fatal(err)
				}
				l.keepHead(false)
				v, err := l.Verify(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, v.Findings); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// Retention leaves a start that is signed off. Whoever removes more than it says is found.
func TestForget(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	l := open(t, t.TempDir(), WithKeeper(&memory{}), WithClock(func() time.Time { at = at.Add(time.Hour); return at }))
	var heads []access.Head
	for n := range 40 {
		r := aRecord(n)
		if err := l.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		heads = append(heads, access.Head{Number: r.Number.N, Hash: r.Hash})
	}
	by := &access.Record{Account: "root", AccountID: "1"}
	for _, test := range []struct {
		before                time.Time
		removed, first, heads int64
	}{
		{time.Date(2026, 11, 1, 0, 30, 0, 0, time.UTC), 0, 1, 40},
		{time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC), 9, 10, 41},
		{time.Date(2026, 11, 1, 20, 0, 0, 0, time.UTC), 10, 20, 42},
	} {
		removed, err := l.Forget(t.Context(), test.before, by)
		if err != nil || removed != test.removed {
			t.Fatalf("removed %d, %v; want %d", removed, err, test.removed)
		}
		l.keepHead(false)
		v, err := l.Verify(t.Context(), heads[5], heads[30])
		if err != nil || len(v.Findings) > 0 || v.First != test.first || v.Head.Number != test.heads {
			t.Errorf("after the removal: %+v, %v", v, err)
		}
		if wantOlder := test.first > 7; wantOlder != (len(v.Older) == 1) {
			t.Errorf("heads that nobody can compare: %v", v.Older)
		}
	}
	if found := tampered(t, l, func(tx *sql.Tx) { must(t, tx, "DELETE FROM records WHERE number < 22") }); !cmp.Equal(found, []Finding{{Kind: Removed, Number: 20, To: 21}}) {
		t.Errorf("more was removed: %v", found)
	}
	if found := tampered(t, l, func(tx *sql.Tx) { must(t, tx, "UPDATE records SET previous = randomblob(32) WHERE number = 20") }); !cmp.Equal(found, []Finding{{Kind: Changed, Number: 20}}) {
		t.Errorf("the first record was changed: %v", found)
	}
	if found := tampered(t, l, func(tx *sql.Tx) { must(t, tx, "DELETE FROM records WHERE number IN (20, 21, 41, 42)") }); len(found) == 0 {
		t.Error("the records of the removal are gone, and nothing is found")
	}
	if removed, err := l.Forget(t.Context(), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), by); err != nil || removed != 23 {
		t.Errorf("all: removed %d, %v", removed, err)
	}
	l.keepHead(false)
	if v, err := l.Verify(t.Context()); err != nil || len(v.Findings) > 0 || v.Records != 1 || v.First != 43 {
		t.Errorf("after all were removed: %+v, %v", v, err)
	}
}
