package ask

import (
	"context"
	"slices"
	"time"

	"signpost/store"
)

// riskySlab is a time in which the same stretches hold. One question finds the sign-ins of all of them.
type riskySlab struct {
	query     store.ListQuery
	stretches []*RiskyStretch
}

// riskySlabs cuts the time of some stretches at their edges, the latest first. Slabs are made when they are asked for: a page mostly
// needs few of them.
type riskySlabs struct {
	q     RiskyPrincipals
	of    []*RiskyStretch
	edges []time.Time // ascending; those of the slabs that were made are gone
}

// slabs leaves out stretches without sign-ins of their own, and those that the page before has passed.
func (q RiskyPrincipals) slabs(stretches []RiskyStretch) *riskySlabs {
	slabs := &riskySlabs{q: q}
	for i := range stretches {
		s := &stretches[i]
		if s.Total.N == s.Named && s.Total.Complete || q.After != nil && s.Range.From.After(q.After.Key.Time()) {
			continue
		}
		slabs.of, slabs.edges = append(slabs.of, s), append(slabs.edges, s.Range.From, s.Range.To)
	}
	slices.SortFunc(slabs.edges, time.Time.Compare)
	slabs.edges = slices.CompactFunc(slabs.edges, time.Time.Equal)
	return slabs
}

// next gives the latest slabs that were not given yet: n, or one more. Stretches of any key and those of some keys are apart: a question
// has one condition on keys.
func (l *riskySlabs) next(n int) (slabs []riskySlab) {
	for len(slabs) < n && len(l.edges) > 1 {
		last := len(l.edges) - 1
		in := store.Range{From: l.edges[last-1], To: l.edges[last]}
		l.edges = l.edges[:last]
		for _, keyed := range []bool{false, true} {
			slab := riskySlab{}
			all := RiskyStretch{Range: in}
			for _, s := range l.of {
				if (s.Keys != nil) == keyed && !s.Range.From.After(in.From) && !s.Range.To.Before(in.To) {
					slab.stretches = append(slab.stretches, s)
					all.Principals, all.Keys = append(all.Principals, s.Principals...), append(all.Keys, s.Keys...)
				}
			}
			if len(slab.stretches) > 0 && l.q.narrow(&all) {
				slab.query = all.Query
				slabs = append(slabs, slab)
			}
		}
	}
	return slabs
}

// slabsAtOnce is how many slabs a page asks at the same time at most. The first mostly have all that it needs.
const slabsAtOnce = 16

// nearRows gives the newest rows near a detection that the page may need: those that no detection names. It ends where the rest is older
// than all that the page can hold. The others are the page's rows of another reason.
func (q RiskyPrincipals) nearRows(ctx context.Context, r Reader, of *workloadDetections, stretches []RiskyStretch, others []RiskyRow) (near []RiskyRow, err error) {
	slabs := q.slabs(stretches)
	for n := 2; ; n = min(2*n, slabsAtOnce) {
		some := slabs.next(n)
		if len(some) == 0 {
			return near, nil
		}
		newer := 0 // rows that are newer than any row of these slabs
		for _, rows := range [][]RiskyRow{near, others} {
			for i := range rows {
				if !rows[i].Key.Time().Before(some[0].query.Range.To) {
					newer++
				}
			}
		}
		if newer > q.Limit {
			return near, nil
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
}

// rowsOf gives the newest rows of a slab that no detection names, one more than the page has.
func (q RiskyPrincipals) rowsOf(ctx context.Context, r Reader, of *workloadDetections, slab *riskySlab) (rows []RiskyRow, err error) {
	list := slab.query
	list.After, list.Limit = q.After, q.Limit+1
	for {
		page, err := r.Page(ctx, list)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			signIn := row.Entry.(*store.SignIn)
			if of.named[store.FoldCase(signIn.ID)] != nil || !slices.ContainsFunc(slab.stretches, func(s *RiskyStretch) bool { return s.Has(signIn) }) {
				continue
			}
			rows = append(rows, RiskyRow{Row: row, Log: list.Log, Why: RiskyNearOne, Detections: of.near(signIn)})
		}
		if list.After = page.Next; list.After == nil || len(rows) > q.Limit {
			return rows, nil
		}
	}
}
