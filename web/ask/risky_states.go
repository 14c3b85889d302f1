package ask

import (
	"context"
	"errors"
	"time"

	"signpost/store"
)

// RiskyStates asks for a page of risky users, service principals or agents, with the numbers above it.
type RiskyStates struct {
	Query store.RiskyQuery
	// Edges are the edges of the days of the picture.
	Edges []time.Time
}

// RiskyList is the answer.
type RiskyList struct {
	Page store.RiskyPage
	// Levels counts what the query finds, whatever the level. All counts every object of the kind that the viewer may see.
	Levels, All store.RiskyCounts
	// Days has the changes of risk of each day, of the objects that the viewer may see. No condition of the query narrows them.
	Days []store.RiskTurnCounts
	// Kinds counts the objects of each kind of the page's tabs.
	Kinds map[store.StateKind]int64
	// Known has the directory's objects of the rows, by their IDs.
	Known map[string]store.Object

	DaysTrouble Trouble
}

// RiskyKinds gives the kinds of states that the page of a kind has tabs for.
func RiskyKinds(kind store.StateKind) []store.StateKind {
	if kind == store.StateRiskyUser {
		return []store.StateKind{kind}
	}
	return []store.StateKind{store.StateRiskyPrincipal, store.StateRiskyAgent}
}

// RiskyObjectKind is the kind of the directory's objects that are of a kind of risky states.
func RiskyObjectKind(kind store.StateKind) store.ObjectKind {
	if kind == store.StateRiskyUser {
		return store.ObjectUser
	}
	return store.ObjectServicePrincipal
}

// Ask asks all parts at once.
func (q RiskyStates) Ask(ctx context.Context, r Reader) (*RiskyList, error) {
	a := &RiskyList{Kinds: map[store.StateKind]int64{}}
	kinds := RiskyKinds(q.Query.Of)
	counts := make([]store.RiskyCounts, len(kinds))
	questions := []func(context.Context) error{
		func(ctx context.Context) (err error) {
			if a.Page, err = r.RiskyPage(ctx, q.Query); err == nil {
				a.Known, err = knownOf(ctx, r, q.Query.Of, a.Page.Rows)
			}
			return err
		},
		func(ctx context.Context) (err error) {
			whatever := q.Query
			whatever.Levels = nil
			a.Levels, err = r.CountRisky(ctx, whatever)
			return err
		},
		func(ctx context.Context) (err error) {
			a.Days, err = r.CountRiskTurns(ctx, store.RiskTurnsQuery{Of: q.Query.Of}, q.Edges)
			return r.Part(ctx, "changes of risk by day", err, &a.DaysTrouble)
		},
	}
	for i, kind := range kinds {
		questions = append(questions, func(ctx context.Context) (err error) {
			counts[i], err = r.CountRisky(ctx, store.RiskyQuery{Of: kind})
			return err
		})
	}
	if err := Together(ctx, questions...); err != nil {
		return nil, err
	}
	for i, kind := range kinds {
		if a.Kinds[kind] = counts[i].N; kind == q.Query.Of {
			a.All = counts[i]
		}
	}
	return a, nil
}

// knownOf gives the directory's objects of some rows.
func knownOf(ctx context.Context, r Reader, kind store.StateKind, rows []store.Risky) (map[string]store.Object, error) {
	known := map[string]store.Object{}
	for i := range rows {
		object, err := r.Object(ctx, RiskyObjectKind(kind), rows[i].ID)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return nil, err
		default:
			known[rows[i].ID] = object
		}
	}
	return known, nil
}

// Each calls a function for every object of the query, page by page, in its order.
func (q RiskyStates) Each(ctx context.Context, r Reader, call func(rows []store.Risky) error) error {
	asked := q.Query
	asked.After, asked.Before, asked.Limit = nil, nil, recordsOfFile
	for {
		var page store.RiskyPage
		err := Together(ctx, func(ctx context.Context) (err error) {
			page, err = r.RiskyPage(ctx, asked)
			return err
		})
		if err != nil {
			return err
		}
		if err := call(page.Rows); err != nil || page.Next == nil {
			return err
		}
		asked.After = page.Next
	}
}

// RisksOf gives the imported risks of an object: of an application those of its service principals. Somebody who may not see them
// gets none.
func RisksOf(ctx context.Context, r Reader, o *KnownObject) (risks []store.Risky, err error) {
	ids, kinds := []string{o.ID}, []store.StateKind{store.StateRiskyPrincipal, store.StateRiskyAgent}
	switch o.Kind {
	case store.ObjectUser:
		kinds = []store.StateKind{store.StateRiskyUser}
	case store.ObjectGroup:
		return nil, nil
	case store.ObjectApplication:
		ids = nil
		for i := range o.Objects {
			if o.Objects[i].Kind == store.ObjectServicePrincipal {
				ids = append(ids, o.Objects[i].ID)
			}
		}
	}
	err = Together(ctx, func(ctx context.Context) error {
		for _, kind := range kinds {
			found, err := r.Risky(ctx, kind, ids, nil)
			if err != nil && !store.RiskyWithheld(err) {
				return err
			}
			risks = append(risks, found...)
		}
		return nil
	})
	return risks, err
}
