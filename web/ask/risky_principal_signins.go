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
	at := signIn.Time.Truncate(time.Microsecond)
	return !at.Before(s.Range.From) && at.Before(s.Range.To) &&
		slices.Contains(s.Principals, store.FoldCase(signIn.ServicePrincipalID)) && (s.Keys == nil || slices.Contains(s.Keys, store.FoldCase(signIn.ServicePrincipalCredentialKeyID)))
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
	detections, err := q.detections(ctx, r)
	if err != nil {
		return err
	}
	named, complete, err := q.named(ctx, r, detections)
	if err != nil {
		return err
	}
	complete = complete && detections.complete
	a.Named, a.Near = store.Total{N: int64(len(named)), Complete: complete}, store.Total{Complete: complete}
	for _, row := range named {
		a.NamedIDs = append(a.NamedIDs, row.SignIn().ID)
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

// named gives all sign-ins of the range that a detection names, the newest first.
func (q RiskyPrincipals) named(ctx context.Context, r Reader, of *workloadDetections) (named []RiskyRow, complete bool, err error) {
	if len(of.named) == 0 {
		return nil, true, nil
	}
	ids := make([]string, 0, len(of.named))
	for id := range of.named {
		ids = append(ids, id)
	}
	f, ok := oneOf(store.ServicePrincipal, q.Filter, store.RequestField, ids...)
	if !ok {
		return nil, true, nil
	}
	rows, complete, err := everyRow(ctx, r, store.ListQuery{Log: store.ServicePrincipal, Range: q.Range, Filter: f})
	for _, row := range rows {
		head := row.Entry.Head()
		named = append(named, RiskyRow{Row: row, Log: head.Log, Why: RiskyByDetection, Detections: of.named[store.FoldCase(head.ID)]})
	}
	return named, complete, err
}

// countedAtOnce is how many stretches are asked for at the same time.
const countedAtOnce = 32

// count gives the stretches with their numbers.
func (q RiskyPrincipals) count(ctx context.Context, r Reader, of *workloadDetections, named []RiskyRow) ([]RiskyStretch, error) {
	var stretches []RiskyStretch
	for _, s := range of.stretches(q.Range) {
		if q.narrow(&s) {
			for i := range named {
				if s.Has(named[i].SignIn()) {
					s.Named++
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
func (q RiskyPrincipals) page(ctx context.Context, r Reader, of *workloadDetections, named []RiskyRow, a *RiskyPrincipalSignIns) error {
	var rows []RiskyRow
	if q.Why != RiskyNearOne {
		for _, row := range named {
			if q.After == nil || row.Key.Before(q.After.Key) {
				rows = append(rows, row)
			}
		}
	}
	if q.Why != RiskyByDetection {
		near, err := q.nearRows(ctx, r, of, a.Stretches, len(rows), func(at int) time.Time { return rows[at].Key.Time() })
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

func newestFirst(a, b RiskyRow) int { return b.Key.Compare(a.Key) }

// stretchesAtOnce is how many stretches a page asks for rows at the same time.
const stretchesAtOnce = 8

// nearRows gives the newest rows near a detection that the page may need: those that no detection names. It begins with the latest
// stretches, and ends where the others are older than all that the page can hold. There are others rows of the page, with their times.
func (q RiskyPrincipals) nearRows(ctx context.Context, r Reader, of *workloadDetections, stretches []RiskyStretch, others int, timeOf func(int) time.Time) ([]RiskyRow, error) {
	stretches = slices.DeleteFunc(slices.Clone(stretches), func(s RiskyStretch) bool {
		return s.Total.N == s.Named || q.After != nil && s.Range.From.After(q.After.Key.Time())
	})
	slices.SortStableFunc(stretches, func(a, b RiskyStretch) int { return b.Range.To.Compare(a.Range.To) })
	var near []RiskyRow
	for some := range slices.Chunk(stretches, stretchesAtOnce) {
		newer := 0 // rows that are newer than any row of these stretches
		for i := range near {
			if !near[i].Key.Time().Before(some[0].Range.To) {
				newer++
			}
		}
		for i := range others {
			if !timeOf(i).Before(some[0].Range.To) {
				newer++
			}
		}
		if newer > q.Limit {
			break
		}
		found := make([][]RiskyRow, len(some))
		var questions []func(context.Context) error
		for i := range some {
			questions = append(questions, func(ctx context.Context) (err error) {
				found[i], err = q.rowsOf(ctx, r, of, &some[i])
				return err
			})
		}
		if err := Together(ctx, questions...); err != nil {
			return nil, err
		}
		near = append(near, slices.Concat(found...)...)
		slices.SortFunc(near, newestFirst)
		near = near[:min(len(near), q.Limit+1)]
	}
	return near, nil
}

// rowsOf gives the newest rows of a stretch that no detection names, one more than the page has.
func (q RiskyPrincipals) rowsOf(ctx context.Context, r Reader, of *workloadDetections, s *RiskyStretch) (rows []RiskyRow, err error) {
	list := s.Query
	list.After, list.Limit = q.After, q.Limit+1
	for {
		page, err := r.Page(ctx, list)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			signIn := row.Entry.(*store.SignIn)
			if of.named[store.FoldCase(signIn.ID)] != nil || !s.Has(signIn) {
				continue
			}
			rows = append(rows, RiskyRow{Row: row, Log: list.Log, Why: RiskyNearOne, Detections: of.near(signIn)})
		}
		if list.After = page.Next; list.After == nil || len(rows) > q.Limit {
			return rows, nil
		}
	}
}

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
