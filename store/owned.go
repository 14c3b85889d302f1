package store

import (
	"context"
	"time"
)

// Owned gives the store as somebody may ask it who may see their own sign-ins alone: every question about the logs, and
// about another person, is refused with a WithheldError. It has each method itself, so that a new one of Reader cannot go
// past it.
func Owned(s Store, person Person) Store { return ownedStore{ownedReader{s, person}, s} }

type ownedStore struct {
	ownedReader
	store Store
}

func (o ownedStore) Snapshot(ctx context.Context) (with context.Context, release func(), err error) {
	return o.store.Snapshot(ctx)
}

type ownedReader struct {
	reader Reader
	person Person
}

var errNotOwn = WithheldError{NoClass, "the sign-ins of others"}

func (o ownedReader) check(person Person) error {
	if person != o.person {
		return errNotOwn
	}
	return nil
}

func (o ownedReader) Catalog() Catalog { return o.reader.Catalog() }

func (o ownedReader) Page(context.Context, ListQuery) (Page, error) { return Page{}, errNotOwn }

func (o ownedReader) Total(context.Context, ListQuery) (Total, error) { return Total{}, errNotOwn }

func (o ownedReader) Groups(context.Context, GroupsQuery) (GroupPage, error) {
	return GroupPage{}, errNotOwn
}

func (o ownedReader) GroupRows(context.Context, GroupRowsQuery) (Page, error) {
	return Page{}, errNotOwn
}

func (o ownedReader) Histogram(context.Context, HistogramQuery) (Histogram, error) {
	return Histogram{}, errNotOwn
}

func (o ownedReader) Facets(context.Context, FacetsQuery) ([]Facet, error) { return nil, errNotOwn }

func (o ownedReader) Values(context.Context, ValuesQuery) (Facet, error) { return Facet{}, errNotOwn }

func (o ownedReader) Table(context.Context, TableQuery) (Table, error) { return Table{}, errNotOwn }

func (o ownedReader) Get(ctx context.Context, q GetQuery) (Record, error) {
	if q.Owner == nil {
		return Record{}, errNotOwn
	}
	if err := o.check(*q.Owner); err != nil {
		return Record{}, err
	}
	return o.reader.Get(ctx, q)
}

func (o ownedReader) Records(context.Context, RecordsQuery) (RecordPage, error) {
	return RecordPage{}, errNotOwn
}

func (o ownedReader) Newest(context.Context, Log) (t time.Time, ok bool, err error) {
	return time.Time{}, false, errNotOwn
}

func (o ownedReader) Tenants(context.Context) ([]string, error) { return nil, errNotOwn }

func (o ownedReader) FindUser(context.Context, string, string) (FoundUser, error) {
	return FoundUser{}, errNotOwn
}

// Places is asked for what the person answered. A place alone tells a time and nothing else.
func (o ownedReader) Places(ctx context.Context, refs []Ref) ([]Cursor, error) {
	return o.reader.Places(ctx, refs)
}

func (o ownedReader) PersonRows(ctx context.Context, person Person, places []Cursor) ([]Row, error) {
	if err := o.check(person); err != nil {
		return nil, err
	}
	return o.reader.PersonRows(ctx, person, places)
}
