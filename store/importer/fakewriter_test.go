package importer

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"signpost/store"
)

// fakeWriter is an engine in memory that upserts by the rules of the domain. (log, id) is one sign-in, and every differing
// copy a version of it.
type fakeWriter struct {
	catalog store.Catalog
	mu      sync.Mutex
	rows    map[string][]store.Version
	begun   []store.ImportFile
	ended   []store.ImportReport
	batches []int // sizes
	// commit is called before a batch is stored. Its error is the error of Commit.
	commit func(n int) error
}

// signInsOnly is a catalog without other kinds: what becomes of their records is tested too.
var signInsOnly = store.NewCatalog(store.SignIns)

func (w *fakeWriter) Catalog() store.Catalog { return w.catalog }

func newFakeWriter() *fakeWriter {
	return &fakeWriter{catalog: signInsOnly, rows: map[string][]store.Version{}}
}

func (w *fakeWriter) BeginImport(_ context.Context, file store.ImportFile) (int64, error) {
	w.begun = append(w.begun, file)
	return int64(len(w.begun)), nil
}

func (w *fakeWriter) Prepare(records []store.Record) (store.Batch, error) { return records, nil }

func (w *fakeWriter) Commit(_ context.Context, importID int64, b store.Batch) ([]store.Outcome, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if importID != int64(len(w.begun)) {
		return nil, fmt.Errorf("import %d is not the one that is open", importID)
	}
	records := b.([]store.Record)
	if w.commit != nil {
		if err := w.commit(len(w.batches)); err != nil {
			return nil, err
		}
	}
	w.batches = append(w.batches, len(records))
	outcomes := make([]store.Outcome, len(records))
	for i, r := range records {
		outcomes[i] = store.Outcome{ID: r.Entry.Head().ID, Kind: w.upsert(r)}
	}
	return outcomes, nil
}

func (w *fakeWriter) upsert(r store.Record) store.OutcomeKind {
	head := r.Entry.Head()
	key := string(head.Log) + "/" + head.ID
	have := w.rows[key]
	for _, v := range have {
		if bytes.Equal(v.Doc, r.Versions[0].Doc) {
			return store.OutcomeSame
		}
	}
	w.rows[key] = append(have, r.Versions...)
	w.catalog.Kind(head.Log).SortVersions(w.rows[key])
	if len(have) == 0 {
		return store.OutcomeNew
	}
	return store.OutcomeUpdated
}

func (w *fakeWriter) EndImport(_ context.Context, importID int64, report store.ImportReport) error {
	if importID != int64(len(w.begun)) {
		return fmt.Errorf("import %d is not the one that is open", importID)
	}
	w.ended = append(w.ended, report)
	return nil
}

// logs counts the sign-ins of each log.
func (w *fakeWriter) logs() map[store.Log]int {
	logs := map[store.Log]int{}
	for _, versions := range w.rows {
		logs[store.SignIns.Merge(versions).Head().Log]++
	}
	return logs
}

// one gives the only sign-in there is.
func (w *fakeWriter) only() (s store.SignIn, versions int) {
	for _, v := range w.rows {
		return *store.SignIns.Merge(v).(*store.SignIn), len(v)
	}
	return s, 0
}

// discard is an engine that forgets what it is given. Without a catalog it is one of sign-ins.
type discard struct{ catalog store.Catalog }

func (d discard) Catalog() store.Catalog {
	if d.catalog == nil {
		return signInsOnly
	}
	return d.catalog
}

func (discard) BeginImport(context.Context, store.ImportFile) (int64, error) { return 1, nil }
func (discard) Prepare(records []store.Record) (store.Batch, error)          { return len(records), nil }

func (discard) Commit(_ context.Context, _ int64, b store.Batch) ([]store.Outcome, error) {
	return make([]store.Outcome, b.(int)), nil
}
func (discard) EndImport(context.Context, int64, store.ImportReport) error { return nil }

func (w *fakeWriter) PutDirectory(_ context.Context, _ int64, batch store.DirectoryBatch) ([]store.Outcome, error) {
	return make([]store.Outcome, batch.Outcomes()), nil
}

func (discard) PutDirectory(_ context.Context, _ int64, batch store.DirectoryBatch) ([]store.Outcome, error) {
	return make([]store.Outcome, batch.Outcomes()), nil
}
