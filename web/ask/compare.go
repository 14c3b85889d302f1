package ask

import (
	"cmp"
	"context"
	"time"

	"signpost/store"
)

// A comparison offers records on both sides of a record: so many, and so far away where they come from no list.
const (
	offeredEach   = 10
	offeredWithin = 12 * time.Hour
)

// Compare asks for two records, or for one and the records to compare it with.
type Compare struct {
	A store.Ref
	// B is nil where it is still to be chosen.
	B *store.Ref
	// List is the list to choose the second record from; nil for the records of the same actor.
	List *store.ListQuery
}

// Compared holds the records. A part that was not asked for is nil.
type Compared struct {
	A       store.Record
	B       *store.Record
	Offered *Offered
}

// Offered holds the records next to one, the newest first.
type Offered struct {
	Query   store.ListQuery
	Rows    []store.Row
	Trouble Trouble
}

// Ask gives ErrNotFound where one of the records is not there.
func (q Compare) Ask(ctx context.Context, r Reader) (a Compared, err error) {
	questions := []func(context.Context) error{func(ctx context.Context) (err error) {
		a.A, err = r.Get(ctx, store.GetQuery{Ref: q.A})
		return err
	}}
	if q.B != nil {
		a.B = &store.Record{}
		questions = append(questions, func(ctx context.Context) (err error) {
			*a.B, err = r.Get(ctx, store.GetQuery{Ref: *q.B})
			return err
		})
	}
	if err = Together(ctx, questions...); err != nil || q.B != nil {
		return a, err
	}
	a.Offered = &Offered{Query: q.offers(r, a.A.Entry)}
	return a, a.Offered.ask(ctx, r, a.A.Key)
}

// offers is the question for the records to choose from.
func (q Compare) offers(r Reader, e store.Entry) store.ListQuery {
	if q.List != nil {
		return *q.List
	}
	head := e.Head()
	list := store.ListQuery{Log: head.Log, Range: store.Around(head.Time, offeredWithin)}
	if info, ok := r.Catalog().Log(head.Log); ok && info.Actor != nil && info.Actor.IDIn(e) != "" {
		list.Filter = list.Filter.With(info.Actor, store.OpIs, info.Actor.IDIn(e))
	}
	return list
}

func (o *Offered) ask(ctx context.Context, r Reader, at store.Key) error {
	ctx, cancel := context.WithTimeout(ctx, relatedTimeout)
	defer cancel()
	var sides [2][]store.Row
	var troubles [2]Trouble
	side := func(i int, before, after *store.Cursor) func(context.Context) error {
		return func(ctx context.Context) error {
			q := o.Query
			q.Before, q.After, q.Limit = before, after, offeredEach
			page, err := r.Page(ctx, q)
			sides[i] = page.Rows
			return r.Part(ctx, "records to compare with", err, &troubles[i])
		}
	}
	place := &store.Cursor{Key: at}
	err := Together(ctx, side(0, place, nil), side(1, nil, place))
	o.Rows, o.Trouble = append(sides[0], sides[1]...), cmp.Or(troubles[0], troubles[1])
	return err
}
