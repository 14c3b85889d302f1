package store

import (
	"context"
	"slices"
)

// SignInReader is the questions that only sign-ins have.
type SignInReader interface {
	// PersonTraces gives up to Limit of a person's own sign-ins over both user logs as traces, newest first, from After on.
	// Limit may be thousands.
	PersonTraces(ctx context.Context, q PersonQuery) (Traces, error)
}

// PersonTraces needs nothing taken out: a Trace holds no field with a class.
func (w withheldReader) PersonTraces(ctx context.Context, q PersonQuery) (Traces, error) {
	if err := w.checkPerson(q.Filter); err != nil {
		return Traces{}, err
	}
	return w.reader.PersonTraces(ctx, q)
}

func (o ownedReader) PersonTraces(ctx context.Context, q PersonQuery) (Traces, error) {
	if err := o.check(q.Person); err != nil {
		return Traces{}, err
	}
	return o.reader.PersonTraces(ctx, q)
}

func (r resolved) PersonTraces(ctx context.Context, q PersonQuery) (Traces, error) {
	if err := r.tell(ctx, &q.Filter); err != nil {
		return Traces{}, err
	}
	return r.engine.PersonTraces(ctx, q)
}

func (s scopedReader) PersonTraces(ctx context.Context, q PersonQuery) (Traces, error) {
	q.Filter = s.within(q.Filter)
	return s.reader.PersonTraces(ctx, q)
}

// Tenants is of the sign-ins in the scope, of all time.
func (s scopedReader) Tenants(ctx context.Context) (tenants []string, err error) {
	field, ok := SignIns.FieldOf(TenantID)
	if !ok || !slices.Contains(s.Catalog(), SignIns) {
		return nil, nil
	}
	table, err := s.Table(ctx, TableQuery{Range: AllTime(), AllEvents: true, By: field, Limit: MaxLimit})
	for _, row := range table.Rows {
		if row.Value != "" {
			tenants = append(tenants, FoldCase(row.Value))
		}
	}
	slices.Sort(tenants)
	return slices.Compact(tenants), err
}
