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
// state none throughout. It is risky where a detection names its request. Else it may be near a detection, which is less. That detection is
// of the same service principal, and at most RiskyNear before or after the sign-in. If it tells keys, that of the sign-in is one of them.
// Such sign-ins are marked and counted apart. A sign-in that both holds for is risky.
const (
	RiskyByDetection RiskyWhy = "named"
	RiskyNearOne     RiskyWhy = "near"
)

// RiskyNear is how far from a detection a sign-in is near it.
const RiskyNear = 24 * time.Hour

// RiskyPrincipals asks for the sign-ins of service principals that detections name, and for those near one.
type RiskyPrincipals struct {
	Range store.Range
	// Of narrows to the sign-ins of one service principal, by its ID, and to the detections of it; empty for all.
	Of string
	// Filter narrows the sign-ins, and Detections the detections that count.
	Filter, Detections store.Filter
	// Why asks for sign-ins of one reason; empty for both. Both are counted in any case.
	Why RiskyWhy
	// Open narrows to sign-ins that are open here; nil for all. A sign-in that no detection names is not: nothing tells a state of it.
	Open *OpenSignIns
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
	// NamedIDs are the request IDs of all risky sign-ins of the range, where there are RiskyNamedMost at most.
	NamedIDs []string
	// Stretches are where the newest of the others are: RiskyStretchesMost at most. Stretched counts the sign-ins of all stretches, those
	// included that a detection names.
	Stretches []RiskyStretch
	Stretched int64
	// Trouble says that the list could not be made; then all else is empty.
	Trouble Trouble

	named []namedSignIn
	found *workloadDetections
}

// RiskyRow is a sign-in of such a list, with its detections: those that name it, else those near it, the nearest first.
type RiskyRow struct {
	store.Row
	Log        store.Log
	Why        RiskyWhy
	Detections []*risk.Record
	// Events are the request IDs of the events of a user's sign-in; empty where they were not looked up.
	Events []string
}

// SignIn gives the row's sign-in.
func (r RiskyRow) SignIn() *store.SignIn { return r.Entry.(*store.SignIn) }

// Bounds of what a list tells of the ways to its sign-ins in their log.
const (
	RiskyNamedMost     = 60
	RiskyStretchesMost = 12
)

// RiskyStretch is a time in which all sign-ins of a service principal are near a detection. No sign-in is in two stretches.
type RiskyStretch struct {
	Range     store.Range
	Principal string // ID, in lower case
	// Key is the one that the sign-ins have, in lower case; AnyKey says that any will do.
	Key    string
	AnyKey bool
	// Query finds them.
	Query store.ListQuery
	// Total counts them. Named of them are those that a detection names.
	Total store.Total
	Named int64
}

// Has says whether a sign-in is in the stretch.
func (s *RiskyStretch) Has(signIn *store.SignIn) bool {
	return s.has(signIn.Time.Truncate(time.Microsecond), store.FoldCase(signIn.ServicePrincipalID), store.FoldCase(signIn.ServicePrincipalCredentialKeyID))
}

func (s *RiskyStretch) has(at time.Time, principal, key string) bool {
	return !at.Before(s.Range.From) && at.Before(s.Range.To) && s.Principal == principal && (s.AnyKey || s.Key == key)
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
	if q.Open != nil {
		if named, err = q.Open.of(ctx, r, q, detections, named); err != nil {
			return err
		}
		a.Near.Complete = true
		a.count(named, complete)
		return q.page(ctx, r, detections, named, a)
	}
	a.named, a.found = named, detections
	total, err := r.Total(ctx, q.nearList(detections))
	if err != nil {
		return err
	}
	a.Stretched = total.N
	a.Near = store.Total{N: total.N, Complete: complete && total.Complete}
	a.count(named, complete)
	for i := range named {
		if named[i].near {
			a.Near.N--
		}
	}
	if err := q.stretches(ctx, r, detections, named, a); err != nil {
		return err
	}
	return q.page(ctx, r, detections, named, a)
}

// count counts the sign-ins that a detection names.
func (a *RiskyPrincipalSignIns) count(named []namedSignIn, complete bool) {
	a.Named = store.Total{N: int64(len(named)), Complete: complete}
	for i := range named {
		if len(named) <= RiskyNamedMost {
			a.NamedIDs = append(a.NamedIDs, named[i].id)
		}
	}
}

// nearList asks for all sign-ins of the range that are near a detection, those included that one names.
func (q RiskyPrincipals) nearList(of *workloadDetections) store.ListQuery {
	return store.ListQuery{Log: store.ServicePrincipal, Range: q.Range, Filter: q.Filter.During(of.spans)}
}

// found gives the detections, and all sign-ins of the range that one of them names, the newest first.
func (q RiskyPrincipals) found(ctx context.Context, r Reader) (of *workloadDetections, named []namedSignIn, complete bool, err error) {
	kept, err := q.Kept.of(ctx, r, q.Detections)
	if err != nil {
		return nil, nil, false, err
	}
	if kept != nil {
		of, named = kept.found, kept.in(q.Range)
		if q.Of != "" {
			of, named = kept.about(q.Of, named)
		}
		if q.Filter.IsEmpty() {
			return of, named, kept.namedComplete, nil
		}
		ids := make([]string, len(named))
		for i := range named {
			ids[i] = named[i].id
		}
		named, complete, err = namedRows(ctx, r, q.Range, q.ofOne(q.Filter, store.ServicePrincipalField), of, ids)
		return of, named, complete && kept.namedComplete, err
	}
	around := store.Range{From: q.Range.From.Add(-RiskyNear), To: q.Range.To.Add(RiskyNear)}
	if of, err = detectionsIn(ctx, r, around, q.ofOne(q.Detections, risk.WorkloadField)); err != nil {
		return nil, nil, false, err
	}
	named, complete, err = namedRows(ctx, r, q.Range, q.ofOne(q.Filter, store.ServicePrincipalField), of, of.requests())
	return of, named, complete, err
}

// ofOne narrows a filter to the service principal of the question, if it has one.
func (q RiskyPrincipals) ofOne(f store.Filter, field *store.Field) store.Filter {
	if q.Of == "" {
		return f
	}
	return f.With(field, store.OpIs, q.Of)
}

// stretches gives the latest stretches that have sign-ins. A condition on the name of a service principal and its ID cannot both be asked of
// one field: then there are none.
func (q RiskyPrincipals) stretches(ctx context.Context, r Reader, of *workloadDetections, named []namedSignIn, a *RiskyPrincipalSignIns) error {
	if a.Stretched == 0 || slices.ContainsFunc(q.Filter.Conditions(), func(c store.Condition) bool { return c.Field == store.ServicePrincipalField }) {
		return nil
	}
	var list []RiskyStretch
	for _, s := range stretchesOf(of.spans, q.Range) {
		if len(list) < RiskyStretchesMost && q.narrow(&s) {
			list = append(list, s)
		}
	}
	var questions []func(context.Context) error
	for i := range list {
		s := &list[i]
		for _, n := range namedWithin(named, s.Range) {
			if s.has(n.key.Time(), n.principal, n.credential) {
				s.Named++
			}
		}
		questions = append(questions, func(ctx context.Context) (err error) {
			s.Total, err = r.Total(ctx, s.Query)
			return err
		})
	}
	err := Together(ctx, questions...)
	a.Stretches = slices.DeleteFunc(list, func(s RiskyStretch) bool { return s.Total.N == 0 && s.Total.Complete })
	return err
}

// narrow makes the query of a stretch. ok is false where the filter lets none of its sign-ins through.
func (q RiskyPrincipals) narrow(s *RiskyStretch) (ok bool) {
	f := q.Filter
	if !s.AnyKey {
		if f, ok = oneOf(store.ServicePrincipal, f, store.KeyField, s.Key); !ok {
			return false
		}
	}
	s.Query = store.ListQuery{Log: store.ServicePrincipal, Range: s.Range, Filter: f.With(store.ServicePrincipalField, store.OpIs, s.Principal)}
	return true
}

// page gives the rows of the page.
func (q RiskyPrincipals) page(ctx context.Context, r Reader, of *workloadDetections, named []namedSignIn, a *RiskyPrincipalSignIns) error {
	var rows []RiskyRow
	if q.Why != RiskyNearOne {
		first := 0
		for q.After != nil && first < len(named) && !named[first].key.Before(q.After.Key) {
			first++
		}
		some := named[first:min(first+q.Limit+1, len(named))]
		var err error
		if rows, err = namedPage(ctx, r, of, some); err != nil {
			return err
		}
	}
	if q.Why != RiskyByDetection && (a.Near.N > 0 || !a.Near.Complete) {
		in := q.Range
		if len(rows) > q.Limit { // the page is full: what is older has no place on it
			in = store.Range{From: rows[q.Limit].Key.Time(), To: q.Range.To}
		}
		near, err := q.nearRows(ctx, r, of, in)
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

// namedPage gives the rows of some sign-ins that detections name, the newest first: by their places, for request IDs take longer.
func namedPage(ctx context.Context, r Reader, of *workloadDetections, some []namedSignIn) (rows []RiskyRow, err error) {
	if len(some) == 0 {
		return nil, nil
	}
	ids := make([]string, len(some))
	for i := range some {
		ids[i] = some[i].id
	}
	filter := store.Filter{}.During(placesNamed(some))
	if slices.ContainsFunc(some, func(n namedSignIn) bool { return n.principal == "" }) {
		filter = store.Filter{}.WithAny(store.RequestField, slices.Clone(ids))
	}
	in := store.Range{From: some[len(some)-1].key.Time(), To: some[0].key.Time().Add(time.Microsecond)}
	found, _, err := everyRow(ctx, r, store.ListQuery{Log: store.ServicePrincipal, Range: in, Filter: filter})
	for _, row := range found {
		if id := row.Entry.Head().ID; slices.Contains(ids, id) {
			rows = append(rows, RiskyRow{Row: row, Log: store.ServicePrincipal, Why: RiskyByDetection, Detections: of.named[store.FoldCase(id)]})
		}
	}
	return rows, err
}

// nearRows gives the newest rows of a time near a detection that none names, one more than the page has.
func (q RiskyPrincipals) nearRows(ctx context.Context, r Reader, of *workloadDetections, in store.Range) (rows []RiskyRow, err error) {
	list := q.nearList(of)
	list.Range = in
	for list.After, list.Limit = q.After, q.Limit+1; ; list.Limit = max(list.Limit, min(2*list.Limit, rowsRead)) {
		page, err := r.Page(ctx, list)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			signIn := row.Entry.(*store.SignIn)
			if of.named[store.FoldCase(signIn.ID)] == nil {
				rows = append(rows, RiskyRow{Row: row, Log: list.Log, Why: RiskyNearOne, Detections: of.near(signIn)})
			}
		}
		if list.After = page.Next; list.After == nil || len(rows) > q.Limit {
			return rows, nil
		}
	}
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
