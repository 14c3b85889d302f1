package ask

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"signpost/store"
	"signpost/store/risk"
)

// These are the reasons for service principals. A sign-in of theirs tells nothing of its risk: real records have the level low and the
// state none throughout. It is risky where a detection names its request. Else it is near a detection, which is less: the detection is
// of the same service principal, at most RiskyNear before or after the sign-in, and has the key of the sign-in among its own, if it has
// any. Such sign-ins are marked and counted apart. A sign-in that both holds for is risky.
const (
	RiskyByDetection RiskyWhy = "named"
	RiskyNearOne     RiskyWhy = "near"
)

// RiskyNear is how far from a detection a sign-in is near it.
const RiskyNear = 24 * time.Hour

// RiskyPrincipals asks for the sign-ins of service principals that detections name, and for those near one.
type RiskyPrincipals struct {
	Range store.Range
	// Filter narrows the sign-ins, and Detections the detections that count.
	Filter, Detections store.Filter
	// Why asks for sign-ins of one reason; empty for both. Both are counted in any case.
	Why RiskyWhy
	// After is the place of the last sign-in of the page before; nil for the first page.
	After *store.Cursor
	Limit int
	// Kept makes the answer faster; nil for a reader with a scope.
	Kept *RiskyKept
}

// RiskyPrincipalSignIns is one page of such sign-ins, the newest first.
type RiskyPrincipalSignIns struct {
	Rows        []RiskyRow
	Next        *store.Cursor
	Named, Near store.Total
	// NamedIDs are the request IDs of all risky sign-ins of the range. Stretches are where the others can be.
	NamedIDs  []string
	Stretches []RiskyStretch
	// Trouble says that the list could not be made; then all else is empty.
	Trouble Trouble
}

// RiskyRow is a sign-in of such a list, with its detections: those that name it, else those near it, the nearest first.
type RiskyRow struct {
	store.Row
	Log        store.Log
	Why        RiskyWhy
	Detections []*risk.Record
}

// SignIn gives the row's sign-in.
func (r RiskyRow) SignIn() *store.SignIn { return r.Entry.(*store.SignIn) }

// RiskyStretch is a time in which all sign-ins of some service principals are near a detection. No sign-in is in two stretches.
type RiskyStretch struct {
	Range      store.Range
	Principals []string // IDs, in lower case
	// Keys are those that the sign-ins may have, in lower case; nil where any key will do.
	Keys []string
	// Query finds them. Where ByID is not set, the filter asks for service principals itself: it finds others too.
	Query store.ListQuery
	ByID  bool
	// Total counts them. Named of them are those that a detection names.
	Total store.Total
	Named int64
}

// Has says whether a sign-in is in the stretch.
func (s *RiskyStretch) Has(signIn *store.SignIn) bool {
	return s.has(signIn.Time.Truncate(time.Microsecond), store.FoldCase(signIn.ServicePrincipalID), store.FoldCase(signIn.ServicePrincipalCredentialKeyID))
}

func (s *RiskyStretch) has(at time.Time, principal, key string) bool {
	return !at.Before(s.Range.From) && at.Before(s.Range.To) && slices.Contains(s.Principals, principal) && (s.Keys == nil || slices.Contains(s.Keys, key))
}

// riskyPrincipalsTimeout bounds the whole list.
const riskyPrincipalsTimeout = 8 * time.Second

// Ask gives one page and all counts.
func (q RiskyPrincipals) Ask(ctx context.Context, r Reader) (*RiskyPrincipalSignIns, error) {
	ctx, cancel := context.WithTimeout(ctx, riskyPrincipalsTimeout)
	defer cancel()
	a := &RiskyPrincipalSignIns{}
	if err := q.ask(ctx, r, a); err != nil {
		if *a = (RiskyPrincipalSignIns{}); errors.As(err, new(store.WithheldError)) {
			return nil, err
		}
		return a, r.Part(ctx, "risky sign-ins of service principals", err, &a.Trouble)
	}
	return a, nil
}

func (q RiskyPrincipals) ask(ctx context.Context, r Reader, a *RiskyPrincipalSignIns) error {
	detections, named, complete, err := q.found(ctx, r)
	if err != nil {
		return err
	}
	complete = complete && detections.complete
	a.Named, a.Near = store.Total{N: int64(len(named)), Complete: complete}, store.Total{Complete: complete}
	for i := range named {
		a.NamedIDs = append(a.NamedIDs, named[i].id)
	}
	if a.Stretches, err = q.count(ctx, r, detections, named); err != nil {
		return err
	}
	for i := range a.Stretches {
		s := &a.Stretches[i]
		a.Near.N, a.Near.Complete = a.Near.N+s.Total.N-s.Named, a.Near.Complete && s.Total.Complete
	}
	return q.page(ctx, r, detections, named, a)
}

// found gives the detections, and all sign-ins of the range that one of them names, the newest first.
func (q RiskyPrincipals) found(ctx context.Context, r Reader) (of *workloadDetections, named []namedSignIn, complete bool, err error) {
	kept, err := q.Kept.of(ctx, r, q.Detections)
	switch {
	case err != nil:
		return nil, nil, false, err
	case kept != nil && q.Filter.IsEmpty():
		return kept.found, kept.in(q.Range), kept.namedComplete, nil
	case kept != nil:
		var ids []string
		for _, n := range kept.in(q.Range) {
			ids = append(ids, n.id)
		}
		named, complete, err = namedRows(ctx, r, q.Range, q.Filter, ids)
		return kept.found, named, complete && kept.namedComplete, err
	}
	if of, err = detectionsIn(ctx, r, store.Range{From: q.Range.From.Add(-RiskyNear), To: q.Range.To.Add(RiskyNear)}, q.Detections); err != nil {
		return nil, nil, false, err
	}
	named, complete, err = namedRows(ctx, r, q.Range, q.Filter, of.requests())
	return of, named, complete, err
}

// countedAtOnce is how many stretches are asked for at the same time.
const countedAtOnce = 32

// count gives the stretches with their numbers.
func (q RiskyPrincipals) count(ctx context.Context, r Reader, of *workloadDetections, named []namedSignIn) ([]RiskyStretch, error) {
	byPrincipal := map[string][]*namedSignIn{}
	for i := range named {
		byPrincipal[named[i].principal] = append(byPrincipal[named[i].principal], &named[i])
	}
	var stretches []RiskyStretch
	for _, s := range of.stretches(q.Range) {
		if q.narrow(&s) {
			for _, principal := range s.Principals {
				for _, n := range byPrincipal[principal] {
					if s.has(n.key.Time(), principal, n.credential) {
						s.Named++
					}
				}
			}
			stretches = append(stretches, s)
		}
	}
	var questions []func(context.Context) error
	for i := range stretches {
		s := &stretches[i]
		questions = append(questions, func(ctx context.Context) (err error) {
			s.Total, err = s.count(ctx, r)
			return err
		})
	}
	for some := range slices.Chunk(questions, countedAtOnce) {
		if err := Together(ctx, some...); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(stretches, func(s RiskyStretch) bool { return s.Total.N == 0 && s.Total.Complete }), nil
}

// narrow makes the query of a stretch. ok is false where the filter lets none of its sign-ins through.
func (q RiskyPrincipals) narrow(s *RiskyStretch) (ok bool) {
	f := q.Filter
	if s.Keys != nil {
		if f, ok = oneOf(store.ServicePrincipal, f, store.KeyField, s.Keys...); !ok {
			return false
		}
	}
	// A condition on the name of a service principal and its ID cannot both be asked of one field.
	s.ByID = !slices.ContainsFunc(f.Conditions(), func(c store.Condition) bool { return c.Field == store.ServicePrincipalField })
	if s.ByID {
		f = f.WithAny(store.ServicePrincipalField, s.Principals)
	}
	s.Query = store.ListQuery{Log: store.ServicePrincipal, Range: s.Range, Filter: f}
	return true
}

// count counts the sign-ins of a stretch, those included that a detection names.
func (s *RiskyStretch) count(ctx context.Context, r Reader) (store.Total, error) {
	if s.ByID {
		return r.Total(ctx, s.Query)
	}
	table, err := r.Table(ctx, store.TableQuery{
		Logs: []store.Log{s.Query.Log}, Range: s.Range, Filter: s.Query.Filter, By: store.ServicePrincipalField, Only: s.Principals, Limit: len(s.Principals),
	})
	total := store.Total{Complete: table.Complete}
	for _, row := range table.Rows {
		if !row.IsName {
			total.N += row.Total()
		}
	}
	return total, err
}

// page gives the rows of the page.
func (q RiskyPrincipals) page(ctx context.Context, r Reader, of *workloadDetections, named []namedSignIn, a *RiskyPrincipalSignIns) error {
	var rows []RiskyRow
	if q.Why != RiskyNearOne {
		var ids []string
		for i := range named {
			if q.After == nil || named[i].key.Before(q.After.Key) {
				ids = append(ids, named[i].id)
			}
			if len(ids) > q.Limit {
				break
			}
		}
		var err error
		if rows, err = q.namedPage(ctx, r, of, ids); err != nil {
			return err
		}
	}
	if q.Why != RiskyByDetection {
		near, err := q.nearRows(ctx, r, of, a.Stretches, rows)
		if err != nil {
			return err
		}
		rows = append(rows, near...)
	}
	slices.SortFunc(rows, newestFirst)
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		a.Next = rows[q.Limit-1].Cursor()
	}
	a.Rows = rows
	return nil
}

// namedPage gives the rows of some sign-ins that detections name.
func (q RiskyPrincipals) namedPage(ctx context.Context, r Reader, of *workloadDetections, ids []string) (rows []RiskyRow, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, _, err := everyRow(ctx, r, store.ListQuery{Log: store.ServicePrincipal, Range: q.Range, Filter: store.Filter{}.WithAny(store.RequestField, ids)})
	for _, row := range found {
		rows = append(rows, RiskyRow{Row: row, Log: store.ServicePrincipal, Why: RiskyByDetection, Detections: of.named[store.FoldCase(row.Entry.Head().ID)]})
	}
	return rows, err
}

func newestFirst(a, b RiskyRow) int { return b.Key.Compare(a.Key) }

// everyRow gives all rows of a list.
func everyRow(ctx context.Context, r Reader, q store.ListQuery) (rows []store.Row, complete bool, err error) {
	complete = true
	for q.Limit = rowsRead; ; {
		page, err := r.Page(ctx, q)
		if err != nil {
			return nil, false, err
		}
		rows, complete = append(rows, page.Rows...), complete && page.Complete
		if q.After = page.Next; q.After == nil {
			return rows, complete, nil
		}
	}
}

// rowsRead is how many rows one question of everyRow reads.
const rowsRead = 1000

// compareNear orders detections by how far they are from a time, then by their IDs.
func compareNear(at time.Time) func(a, b *risk.Record) int {
	return func(a, b *risk.Record) int {
		return cmp.Or(cmp.Compare(a.Head().Time.Sub(at).Abs(), b.Head().Time.Sub(at).Abs()), cmp.Compare(*a.ID(), *b.ID()))
	}
}
