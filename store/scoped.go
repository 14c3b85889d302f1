package store

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Scoped gives the store as somebody may ask it who is limited to a scope: each question is asked of the records in it, and
// everything else is as if it were not there. It has each method itself, so that a new one of Reader cannot go past it.
func Scoped(s Store, scope Scope) Store {
	if scope.IsZero() {
		return s
	}
	return scopedStore{scopedReader{s, scope}, s}
}

type scopedStore struct {
	scopedReader
	store Store
}

func (s scopedStore) Snapshot(ctx context.Context) (with context.Context, release func(), err error) {
	return s.store.Snapshot(ctx)
}

type scopedReader struct {
	reader Reader
	scope  Scope
}

// within gives a filter narrowed to the scope.
func (s scopedReader) within(f Filter) Filter { return f.Within(s.Catalog(), s.scope) }

// list gives a question narrowed to the scope.
func (s scopedReader) list(q ListQuery) ListQuery {
	q.Filter = s.within(q.Filter)
	return q
}

func (s scopedReader) Catalog() Catalog { return s.reader.Catalog() }

func (s scopedReader) Page(ctx context.Context, q ListQuery) (Page, error) {
	return s.reader.Page(ctx, s.list(q))
}

func (s scopedReader) Total(ctx context.Context, q ListQuery) (Total, error) {
	return s.reader.Total(ctx, s.list(q))
}

func (s scopedReader) Groups(ctx context.Context, q GroupsQuery) (GroupPage, error) {
	q.ListQuery = s.list(q.ListQuery)
	return s.reader.Groups(ctx, q)
}

// GroupRows gives no group of a row that is out of scope: that it is there would tell of it.
func (s scopedReader) GroupRows(ctx context.Context, q GroupRowsQuery) (Page, error) {
	q.ListQuery = s.list(q.ListQuery)
	if in, err := s.hasRow(ctx, q.Log, q.Of); err != nil || !in {
		if err == nil {
			err = ErrNotFound
		}
		return Page{}, err
	}
	return s.reader.GroupRows(ctx, q)
}

// hasRow tells whether there is a row at a place, and it is in the scope.
func (s scopedReader) hasRow(ctx context.Context, log Log, at Key) (bool, error) {
	t := at.Time()
	page, err := s.Page(ctx, ListQuery{
		Log: log, Range: Range{From: t, To: t.Add(time.Microsecond)}, After: &Cursor{Key: at.Next()}, Limit: 1, AllEvents: true,
	})
	return len(page.Rows) > 0 && page.Rows[0].Key == at, err
}

func (s scopedReader) Histogram(ctx context.Context, q HistogramQuery) (Histogram, error) {
	q.ListQuery = s.list(q.ListQuery)
	return s.reader.Histogram(ctx, q)
}

func (s scopedReader) Facets(ctx context.Context, q FacetsQuery) ([]Facet, error) {
	q.ListQuery = s.list(q.ListQuery)
	return s.reader.Facets(ctx, q)
}

func (s scopedReader) Values(ctx context.Context, q ValuesQuery) (Facet, error) {
	q.ListQuery = s.list(q.ListQuery)
	return s.reader.Values(ctx, q)
}

func (s scopedReader) Table(ctx context.Context, q TableQuery) (Table, error) {
	q.Filter = s.within(q.Filter)
	return s.reader.Table(ctx, q)
}

func (s scopedReader) Get(ctx context.Context, q GetQuery) (Record, error) {
	q.Scopes = q.Scopes.with(s.scope)
	return s.reader.Get(ctx, q)
}

func (s scopedReader) Records(ctx context.Context, q RecordsQuery) (RecordPage, error) {
	q.ListQuery = s.list(q.ListQuery)
	return s.reader.Records(ctx, q)
}

// Newest is of the log's newest row in the scope.
func (s scopedReader) Newest(ctx context.Context, log Log) (t time.Time, ok bool, err error) {
	page, err := s.Page(ctx, ListQuery{Log: log, Range: AllTime(), Limit: 1, AllEvents: true})
	if err != nil || len(page.Rows) == 0 {
		return time.Time{}, false, err
	}
	return page.Rows[0].Entry.Head().Time, true, nil
}

// FindUser finds nobody: whoever is limited looks for nobody by name, and the answer would tell of others' sign-ins.
func (s scopedReader) FindUser(context.Context, string, string) (FoundUser, error) {
	return FoundUser{}, nil
}

// Places gives no place of what is out of scope.
func (s scopedReader) Places(ctx context.Context, refs []Ref) ([]Cursor, error) {
	places := make([]Cursor, len(refs))
	for i, ref := range refs {
		record, err := s.Get(ctx, GetQuery{Ref: ref})
		if err == nil {
			places[i] = Cursor{Key: record.Key, Log: ref.Log}
		} else if !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	return places, nil
}

// PersonRows leaves out the rows that are out of scope. Those of a person whom the scope names are all in it.
func (s scopedReader) PersonRows(ctx context.Context, person Person, places []Cursor) ([]Row, error) {
	rows, err := s.reader.PersonRows(ctx, person, places)
	if slices.Contains(s.scope.Users, FoldCase(person.UserID)) {
		return rows, err
	}
	var seen []Row
	for _, row := range rows {
		in, err := s.hasRow(ctx, row.Entry.Head().Log, row.Key)
		if err != nil {
			return nil, err
		}
		if in {
			seen = append(seen, row)
		}
	}
	return seen, err
}
