package ask

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"signpost/store"
)

// A sign-in is mostly at most namedAround from the detection that names it. Where a user makes the sign-in, the detection mostly has its time.
const (
	namedAround = time.Hour
	madeAround  = time.Second
)

// findNamed finds the stored sign-ins of some request IDs, each with the time of a detection that names it. The cheapest ways come first: known
// places, what the user did at those times, IDs in a short time. To look all IDs up in a long time takes many times as long. trouble says that
// not all were looked up.
func (a *KnownRisk) findNamed(ctx context.Context, r Reader, q RiskyObject, named map[string]time.Time) (trouble Trouble, err error) {
	if len(named) == 0 {
		return NoTrouble, nil
	}
	ids := slices.Sorted(maps.Keys(named))
	placed, err := a.signInsPlaced(ctx, r, ids)
	if err != nil {
		return NoTrouble, err
	}
	left := a.keepNamed(placed, ids)
	if left, err = a.findMade(ctx, r, named, left); err != nil {
		return NoTrouble, err
	}
	_, near := spansAround(timesOf(named, left), namedAround)
	far := store.Range{From: q.Range.From.Add(-relatedFar), To: q.Range.To.Add(relatedFar)}
	for _, in := range []store.Range{near, far} {
		if len(left) == 0 {
			break
		}
		rows, failed, err := a.signInsOf(ctx, r, in, store.Filter{}.WithAny(store.RequestField, slices.Clone(left)), len(left))
		if err != nil {
			return NoTrouble, err
		}
		trouble, left = max(trouble, failed), a.keepNamed(rows, left)
	}
	for id := range named {
		a.looked[id] = true
	}
	return trouble, nil
}

// findMade finds those of some sign-ins that the user made at the time of the detection that names them, and gives the IDs that are left.
// Where it fails the IDs are looked up.
func (a *KnownRisk) findMade(ctx context.Context, r Reader, named map[string]time.Time, ids []string) (left []string, err error) {
	if a.Known.Kind != store.ObjectUser || len(ids) == 0 {
		return ids, nil
	}
	spans, in := spansAround(timesOf(named, ids), madeAround)
	filter := store.Filter{}.During(store.NewSpans(store.UserID, store.UserID, map[string][]store.ObjectSpan{store.FoldCase(a.Known.ID): spans}))
	rows, _, err := a.signInsOf(ctx, r, in, filter, rowsRead)
	return a.keepNamed(rows, ids), err
}

func timesOf(named map[string]time.Time, ids []string) (times []time.Time) {
	for _, id := range ids {
		times = append(times, named[id])
	}
	return times
}

// spansAround gives spans around some times that do not overlap, and the time from the first to the last; nothing for no times.
func spansAround(times []time.Time, around time.Duration) (spans []store.ObjectSpan, in store.Range) {
	for _, at := range slices.SortedFunc(slices.Values(times), time.Time.Compare) {
		from, to := at.Add(-around), at.Add(around)
		if n := len(spans); n > 0 && !from.After(spans[n-1].Range.To) {
			spans[n-1].Range.To = to
		} else {
			spans = append(spans, store.ObjectSpan{Range: store.Range{From: from, To: to}, AnyKey: true})
		}
	}
	if len(spans) > 0 {
		in = store.Range{From: spans[0].Range.From, To: spans[len(spans)-1].Range.To}
	}
	return spans, in
}

// keepNamed keeps those of some sign-ins that have one of some request IDs, and gives the IDs that are left.
func (a *KnownRisk) keepNamed(rows []TimelineRow, ids []string) (left []string) {
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	for i := range rows {
		if id := store.FoldCase(rows[i].Entry.Head().ID); wanted[id] {
			a.signIns[id] = &rows[i]
		}
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return a.signIns[id] != nil })
}

// signInsPlaced gives the sign-ins of some request IDs, as far as their places are known.
func (a *KnownRisk) signInsPlaced(ctx context.Context, r Reader, ids []string) (rows []TimelineRow, err error) {
	if a.principals == nil || a.principals.found == nil {
		return nil, nil
	}
	var some []namedSignIn
	for _, n := range a.principals.named {
		if slices.Contains(ids, store.FoldCase(n.id)) {
			some = append(some, n)
		}
	}
	err = Together(ctx, func(ctx context.Context) error {
		found, err := namedPage(ctx, r, a.principals.found, some)
		for _, row := range found {
			rows = append(rows, TimelineRow{Row: row.Row, Log: row.Log})
		}
		return err
	})
	return rows, err
}

// signInsOf gives sign-ins of the object's logs, with a limit for each log. A log that the reader may not see has none.
func (a *KnownRisk) signInsOf(ctx context.Context, r Reader, in store.Range, f store.Filter, limit int) (rows []TimelineRow, trouble Trouble, err error) {
	logs := a.SignInLogs()
	found, troubles := make([]store.Page, len(logs)), make([]Trouble, len(logs))
	var questions []func(context.Context) error
	for i, log := range logs {
		questions = append(questions, func(ctx context.Context) (err error) {
			ctx, cancel := context.WithTimeout(ctx, timelineTimeout)
			defer cancel()
			found[i], err = r.Page(ctx, store.ListQuery{Log: log, Range: in, Filter: f, AllEvents: true, Limit: limit})
			if errors.As(err, new(store.WithheldError)) {
				return nil
			}
			return r.Part(ctx, "the sign-ins that detections name", err, &troubles[i])
		})
	}
	err = Together(ctx, questions...)
	for i := range found {
		trouble = max(trouble, troubles[i])
		for _, row := range found[i].Rows {
			rows = append(rows, TimelineRow{Row: row, Log: logs[i]})
		}
	}
	return rows, trouble, err
}
