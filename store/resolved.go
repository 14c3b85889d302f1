package store

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Resolved gives a store that tells the engine what the directory knows of each question: the members of the groups that a
// filter names, and the users whom the directory knows by a name. A filter by a group without imported members is refused
// with a BadParam. directory gives the directory's present state, or the one that a context holds. It has each method
// itself, so that a new one of Reader cannot go past it.
func Resolved(engine Store, directory func(ctx context.Context) (*DirectoryIndex, error)) Store {
	return resolved{engine, directory}
}

type resolved struct {
	engine    Store
	directory func(ctx context.Context) (*DirectoryIndex, error)
}

// tell tells a filter what the directory knows.
func (r resolved) tell(ctx context.Context, f *Filter) error {
	if !f.asksDirectory() {
		return nil
	}
	known, err := r.directory(ctx)
	if err == nil {
		*f, err = known.told(*f)
	}
	return err
}

func (r resolved) Snapshot(ctx context.Context) (with context.Context, release func(), err error) {
	return r.engine.Snapshot(ctx)
}

func (r resolved) Catalog() Catalog { return r.engine.Catalog() }

func (r resolved) Page(ctx context.Context, q ListQuery) (Page, error) {
	if err := r.tell(ctx, &q.Filter); err != nil {
		return Page{}, err
	}
	return r.engine.Page(ctx, q)
}

func (r resolved) Total(ctx context.Context, q ListQuery) (Total, error) {
	if err := r.tell(ctx, &q.Filter); err != nil {
		return Total{}, err
	}
	return r.engine.Total(ctx, q)
}

func (r resolved) Groups(ctx context.Context, q GroupsQuery) (GroupPage, error) {
	if err := r.tell(ctx, &q.Filter); err != nil {
		return GroupPage{}, err
	}
	return r.engine.Groups(ctx, q)
}

func (r resolved) GroupRows(ctx context.Context, q GroupRowsQuery) (Page, error) {
	if err := r.tell(ctx, &q.Filter); err != nil {
		return Page{}, err
	}
	return r.engine.GroupRows(ctx, q)
}

func (r resolved) Histogram(ctx context.Context, q HistogramQuery) (Histogram, error) {
	if err := r.tell(ctx, &q.Filter); err != nil {
		return Histogram{}, err
	}
	return r.engine.Histogram(ctx, q)
}

func (r resolved) Facets(ctx context.Context, q FacetsQuery) ([]Facet, error) {
	if err := r.tell(ctx, &q.Filter); err != nil {
		return nil, err
	}
	return r.engine.Facets(ctx, q)
}

func (r resolved) Values(ctx context.Context, q ValuesQuery) (Facet, error) {
	if err := r.tell(ctx, &q.Filter); err != nil {
		return Facet{}, err
	}
	return r.engine.Values(ctx, q)
}

func (r resolved) Table(ctx context.Context, q TableQuery) (Table, error) {
	if err := r.tell(ctx, &q.Filter); err != nil {
		return Table{}, err
	}
	return r.engine.Table(ctx, q)
}

func (r resolved) Get(ctx context.Context, q GetQuery) (Record, error) {
	if slices.ContainsFunc(q.Scopes, Scope.asksDirectory) {
		known, err := r.directory(ctx)
		if err != nil {
			return Record{}, err
		}
		q.Scopes = known.Scopes(q.Scopes)
	}
	return r.engine.Get(ctx, q)
}

func (r resolved) Records(ctx context.Context, q RecordsQuery) (RecordPage, error) {
	if err := r.tell(ctx, &q.Filter); err != nil {
		return RecordPage{}, err
	}
	return r.engine.Records(ctx, q)
}

func (r resolved) Newest(ctx context.Context, log Log) (t time.Time, ok bool, err error) {
	return r.engine.Newest(ctx, log)
}

func (r resolved) Tenants(ctx context.Context) ([]string, error) { return r.engine.Tenants(ctx) }

func (r resolved) FindUser(ctx context.Context, upn, tenant string) (FoundUser, error) {
	if upn = strings.TrimSpace(upn); upn == "" {
		return FoundUser{}, nil
	}
	known, err := r.directory(ctx)
	if err != nil {
		return FoundUser{}, err
	}
	if id, ok := known.UserCalled(upn); ok {
		return FoundUser{ID: id, From: FromDirectory}, nil
	}
	return r.engine.FindUser(ctx, upn, tenant)
}

func (r resolved) Places(ctx context.Context, refs []Ref) ([]Cursor, error) {
	return r.engine.Places(ctx, refs)
}

func (r resolved) PersonRows(ctx context.Context, person Person, places []Cursor) ([]Row, error) {
	return r.engine.PersonRows(ctx, person, places)
}
