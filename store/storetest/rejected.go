package storetest

import (
	"context"
	"errors"
	"fmt"

	gocmp "github.com/google/go-cmp/cmp"

	"signpost/store"
)

// endImport ends an import whose file had rejected records, and checks that their text is kept as it was. Every other import has none.
func (w *world) endImport(ctx context.Context, id int64, records int) {
	w.t.Helper()
	report := store.ImportReport{Path: "made up", Read: int64(records)}
	if w.r.IntN(2) == 0 {
		report.RejectedFile = w.madeUpRejected()
		report.RejectedKept = int64(len(report.RejectedFile.Records))
	}
	if err := w.engine.EndImport(ctx, id, report); err != nil {
		w.t.Fatalf("end an import: %v", err)
	}
	history, ok := w.engine.(store.ImportHistory)
	if !ok {
		return
	}
	got, err := history.RejectedOf(ctx, id)
	if report.RejectedFile == nil {
		if !errors.Is(err, store.ErrNotFound) {
			w.t.Errorf("an import without rejected records: got %+v, %v, want %v", got, err, store.ErrNotFound)
		}
		return
	}
	if diff := gocmp.Diff(*report.RejectedFile, got); err != nil || diff != "" {
		w.t.Errorf("the rejected records of import %d: %v (-want +got):\n%s", id, err, diff)
	}
	entry, err := history.ImportByID(ctx, id)
	if err != nil || entry.Report.RejectedKept != report.RejectedKept || entry.Report.RejectedFile != nil {
		w.t.Errorf("the report of import %d: %+v, %v", id, entry.Report, err)
	}
}

// madeUpRejected makes texts of any bytes, for CSV or JSON.
func (w *world) madeUpRejected() *store.RejectedFile {
	file := &store.RejectedFile{}
	if w.r.IntN(2) == 0 {
		file.Head = []byte("a;b\r\n")
	}
	for n := range 1 + w.r.IntN(20) {
		one := store.RejectedText{Record: int64(n*3 + 1), Text: fmt.Appendf(nil, "{\"n\":%d}\x00\xff\r\n", w.r.IntN(1000))}
		if w.r.IntN(3) > 0 {
			one.Log = store.Interactive
		}
		file.Records = append(file.Records, one)
	}
	return file
}
