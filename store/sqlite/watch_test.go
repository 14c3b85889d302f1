package sqlite

import (
	"strings"
	"testing"

	"signpost/store/storetest"
)

// A write-ahead log that somebody keeps from being copied into its file is told of; one that is copied is not.
func TestAWriteAheadLogThatOnlyGrowsIsTold(t *testing.T) {
	v := fill(t, 200)
	v.sizes.watchBytes = 1
	v.log.take()
	v.sealNow(t, false)
	if told := v.log.take(); strings.Contains(told, "write-ahead log") {
		t.Fatalf("nobody reads: %s", told)
	}
	tx, err := v.reader.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	var n int
	if err := tx.QueryRowContext(t.Context(), "SELECT count(*) FROM segments").Scan(&n); err != nil {
		t.Fatal(err)
	}
	putRecords(t, v.DB, storetest.MadeUp(4, 200))
	v.sealNow(t, false)
	if told := v.log.take(); !strings.Contains(told, "the write-ahead log cannot be copied") || !strings.Contains(told, "main.db") {
		t.Errorf("while somebody reads: %q", told)
	}
}

// What becomes of cols.db is told, not only of its segments.
func TestABrokenFileOfColumnsIsTold(t *testing.T) {
	for _, d := range closedDamages {
		want := map[string]string{"no database": "cols.db is no whole database"}[d.name]
		if want == "" {
			continue
		}
		v := fill(t, 200)
		v.log.take()
		v.reopen(t, func() { d.do(t, v) })
		if told := v.log.take(); !strings.Contains(told, want) {
			t.Errorf("%s: the log says %q", d.name, told)
		}
	}
	v := fill(t, 200, WithCache(1), withoutAnswers)
	v.log.take() // now, because the store may see that its file is gone before it is asked to seal
	for _, d := range damages {
		if d.name == "the file gone" {
			d.do(t, v)
		}
	}
	v.sealNow(t, true)
	if told := v.log.take(); !strings.Contains(told, "cols.db was taken away or replaced") {
		t.Errorf("the file gone: the log says %q", told)
	}
}
