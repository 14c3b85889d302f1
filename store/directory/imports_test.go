package directory

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"signpost/store"
)

func TestImportLedger(t *testing.T) {
	db := open(t, t.TempDir())
	var want []store.ImportReport
	for i := range 5 {
		id, err := db.BeginImport(t.Context(), store.ImportFile{Path: fmt.Sprintf("file %d", i), Format: "graph"})
		if err != nil {
			t.Fatal(err)
		}
		report := store.ImportReport{
			Path: fmt.Sprintf("file %d", i), Format: "azure-monitor", LogCounts: map[store.Log]int64{store.Interactive: 3}, Read: 7, New: 1, Updated: 2, Same: 3,
			Skipped: 0, RejectedTotal: 1, Rejected: []store.RejectedRecord{{Record: 4, Line: 5, Reason: "It has no time."}}, Conflicts: 2,
			Tenants: []string{"a", "b"}, CannotShow: []string{"The authentication details are missing."}, Failure: "cut off",
		}
		want = append(want, report)
		if i == 4 {
			break // killed: it has begun and not ended
		}
		if err := db.EndImport(t.Context(), id, report, nil); err != nil {
			t.Fatal(err)
		}
	}
	first, err := db.PastImports(t.Context(), store.ImportsQuery{Limit: 3})
	if err != nil || len(first.Entries) != 3 || !first.More {
		t.Fatalf("the first page: got %+v, %v, want 3 and more", first, err)
	}
	if killed := first.Entries[0]; killed.Report.Path != "file 4" || !killed.Ended.IsZero() || killed.Started.IsZero() || killed.Report.Read != 0 {
		t.Errorf("one that was killed: got %+v", killed)
	}
	listed := want[3]
	listed.Rejected = nil
	if diff := cmp.Diff(listed, first.Entries[1].Report); diff != "" {
		t.Errorf("listed: %s", diff)
	}
	second, err := db.PastImports(t.Context(), store.ImportsQuery{Before: first.Entries[2].ID, Limit: 3})
	if err != nil || len(second.Entries) != 2 || second.More || second.Entries[1].Report.Path != "file 0" {
		t.Errorf("the second page: got %+v, %v, want the 2 oldest", second, err)
	}
	whole, err := db.ImportByID(t.Context(), first.Entries[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[3], whole.Report); diff != "" || whole.Ended.IsZero() {
		t.Errorf("whole: %s", diff)
	}
	for _, id := range []int64{0, -1, 99} {
		if _, err := db.ImportByID(t.Context(), id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("import %d: got %v, want %v", id, err, store.ErrNotFound)
		}
	}
}
