package web

import (
	"context"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/kinds"
	"signpost/store/storetest"
)

// fakeStore answers as the plain store of the conformance suite does, or fails.
type fakeStore struct {
	records []store.Record
	// err is returned by every question if it is set.
	err error
}

var _ store.Store = (*fakeStore)(nil)

func (f *fakeStore) Catalog() store.Catalog { return kinds.Catalog }

// newFakeStore stores the sign-ins, with a key and a version each.
func newFakeStore(signIns ...store.SignIn) *fakeStore {
	f := &fakeStore{}
	taken := map[store.Key]bool{}
	for _, s := range signIns {
		if !store.InReach(s.Time) {
			panic("fake store: time out of reach")
		}
		k := store.KeyAt(s.Time)
		for ; taken[k]; k = k.Next() {
		}
		taken[k] = true
		f.records = append(f.records, store.Record{Entry: s.Clone(), Key: k, Versions: []store.Version{{Entry: s.Clone(), Doc: []byte(`{"id":"` + s.ID + `"}`)}}})
	}
	slices.SortFunc(f.records, func(a, b store.Record) int { return b.Key.Compare(a.Key) })
	return f
}

// plain answers from the records as they are now: tests change them.
func (f *fakeStore) plain() *storetest.Plain { return storetest.NewPlain(kinds.Catalog, f.records) }

// orFail gives the answer, or nothing and the store's error.
func orFail[T any](f *fakeStore, answer T, err error) (T, error) {
	if f.err != nil {
		var nothing T
		return nothing, f.err
	}
	return answer, err
}

func (f *fakeStore) Snapshot(ctx context.Context) (with context.Context, release func(), err error) {
	return ctx, func() {}, f.err
}

func (f *fakeStore) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	answer, err := f.plain().Page(ctx, q)
	return orFail(f, answer, err)
}

func (f *fakeStore) Records(ctx context.Context, q store.RecordsQuery) (store.RecordPage, error) {
	answer, err := f.plain().Records(ctx, q)
	return orFail(f, answer, err)
}

func (f *fakeStore) Total(ctx context.Context, q store.ListQuery) (store.Total, error) {
	answer, err := f.plain().Total(ctx, q)
	return orFail(f, answer, err)
}

func (f *fakeStore) Groups(ctx context.Context, q store.GroupsQuery) (store.GroupPage, error) {
	answer, err := f.plain().Groups(ctx, q)
	return orFail(f, answer, err)
}

func (f *fakeStore) GroupRows(ctx context.Context, q store.GroupRowsQuery) (store.Page, error) {
	answer, err := f.plain().GroupRows(ctx, q)
	return orFail(f, answer, err)
}

func (f *fakeStore) Histogram(ctx context.Context, q store.HistogramQuery) (store.Histogram, error) {
	answer, err := f.plain().Histogram(ctx, q)
	return orFail(f, answer, err)
}

func (f *fakeStore) Facets(ctx context.Context, q store.FacetsQuery) ([]store.Facet, error) {
	answer, err := f.plain().Facets(ctx, q)
	return orFail(f, answer, err)
}

func (f *fakeStore) Values(ctx context.Context, q store.ValuesQuery) (store.Facet, error) {
	answer, err := f.plain().Values(ctx, q)
	return orFail(f, answer, err)
}

func (f *fakeStore) Table(ctx context.Context, q store.TableQuery) (store.Table, error) {
	answer, err := f.plain().Table(ctx, q)
	return orFail(f, answer, err)
}

func (f *fakeStore) Tenants(ctx context.Context) ([]string, error) {
	answer, err := f.plain().Tenants(ctx)
	return orFail(f, answer, err)
}

func (f *fakeStore) Get(ctx context.Context, q store.GetQuery) (store.Record, error) {
	answer, err := f.plain().Get(ctx, q)
	return orFail(f, answer, err)
}

func (f *fakeStore) FindUser(ctx context.Context, upn, tenant string) (store.FoundUser, error) {
	answer, err := f.plain().FindUser(ctx, upn, tenant)
	return orFail(f, answer, err)
}

func (f *fakeStore) PersonTraces(ctx context.Context, q store.PersonQuery) (store.Traces, error) {
	answer, err := f.plain().PersonTraces(ctx, q)
	return orFail(f, answer, err)
}

func (f *fakeStore) PersonRows(ctx context.Context, person store.Person, places []store.Cursor) ([]store.Row, error) {
	answer, err := f.plain().PersonRows(ctx, person, places)
	return orFail(f, answer, err)
}

func (f *fakeStore) Places(ctx context.Context, refs []store.Ref) ([]store.Cursor, error) {
	answer, err := f.plain().Places(ctx, refs)
	return orFail(f, answer, err)
}

func (f *fakeStore) Newest(ctx context.Context, log store.Log) (time.Time, bool, error) {
	t, ok, err := f.plain().Newest(ctx, log)
	if f.err != nil {
		err = f.err
	}
	return t, ok, err
}
