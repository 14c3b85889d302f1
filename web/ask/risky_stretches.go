package ask

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/risk"
)

// workloadDetections are the detections that make sign-ins of service principals risky, or near one.
type workloadDetections struct {
	// named has the detections by the request ID that they name, about by their service principal, the oldest first. Both are in lower
	// case. Of a service principal, of has those that something can be near.
	named, about, of map[string][]*risk.Record
	// spans are the times in which sign-ins are near a detection.
	spans    *store.Spans
	complete bool
}

// detectionsIn reads the detections of workload identities that pass a filter: all of a range, and all that name a request, whenever
// they were made. Rows of a list have no keys: detections with any are read whole.
func detectionsIn(ctx context.Context, r Reader, around store.Range, f store.Filter) (*workloadDetections, error) {
	all := store.AllTime()
	naming := f.With(risk.SignInField, store.OpNotEmpty, "")
	const keyed = 0
	lists := []store.ListQuery{
		keyed: {Range: around, Filter: f.With(risk.KeyField, store.OpNotEmpty, "")},
		{Range: around, Filter: f.With(risk.KeyField, store.OpEmpty, "")},
	}
	if around.From.After(all.From) {
		lists = append(lists, store.ListQuery{Range: store.Range{From: all.From, To: around.From}, Filter: naming})
	}
	if around.To.Before(all.To) {
		lists = append(lists, store.ListQuery{Range: store.Range{From: around.To, To: all.To}, Filter: naming})
	}
	found, complete := make([][]*risk.Record, len(lists)), make([]bool, len(lists))
	var questions []func(context.Context) error
	for i, list := range lists {
		list.Log = risk.Workloads
		questions = append(questions, func(ctx context.Context) (err error) {
			if i == keyed {
				found[i], complete[i], err = everyDetection(ctx, r, list)
				return err
			}
			rows, whole, err := everyRow(ctx, r, list)
			for _, row := range rows {
				found[i] = append(found[i], row.Entry.(*risk.Record))
			}
			complete[i] = whole
			return err
		})
	}
	if err := Together(ctx, questions...); err != nil {
		return nil, err
	}
	for i := range found { // a list has the newest first
		slices.Reverse(found[i])
	}
	return newWorkloadDetections(slices.Concat(found...), !slices.Contains(complete, false)), nil
}

// newWorkloadDetections sorts some detections.
func newWorkloadDetections(list []*risk.Record, complete bool) *workloadDetections {
	d := &workloadDetections{named: map[string][]*risk.Record{}, of: map[string][]*risk.Record{}, about: map[string][]*risk.Record{}, complete: complete}
	slices.SortStableFunc(list, func(a, b *risk.Record) int { return a.Head().Time.Compare(b.Head().Time) })
	for _, record := range list {
		if id := store.FoldCase(record.RequestID); id != "" {
			d.named[id] = append(d.named[id], record)
		}
		id := store.FoldCase(record.WorkloadID)
		if id == "" {
			continue
		}
		d.about[id] = append(d.about[id], record)
		// A detection that tells no time of its own has that of its ingestion: nothing is near that.
		if !record.Head().TimeIsIngestion {
			d.of[id] = append(d.of[id], record)
		}
	}
	d.spans = d.around()
	return d
}

// everyDetection gives all detections of a list with their keys. A whole detection takes many times as long to
// read as a row of it. So the detections of each key are asked for, unless the keys are too many.
func everyDetection(ctx context.Context, r Reader, q store.ListQuery) (found []*risk.Record, complete bool, err error) {
	keys, err := r.Table(ctx, store.TableQuery{By: risk.KeyField, Logs: []store.Log{q.Log}, Range: q.Range, Filter: q.Filter, Limit: keysAsked})
	if err != nil {
		return nil, false, err
	}
	rows, complete, err := everyRow(ctx, r, q)
	if err != nil || len(rows) == 0 {
		return nil, complete, err
	}
	if keys.Values > keysAsked || keys.Values > int64(len(rows)) {
		return everyWhole(ctx, r, q)
	}
	byID := map[string]*risk.Record{}
	for _, row := range rows {
		d := row.Entry.Clone().(*risk.Record)
		found, byID[*d.ID()] = append(found, d), d
	}
	complete = complete && keys.Complete
	for _, key := range keys.Rows {
		if key.Value == store.UnreadShape { // the keys cannot be read
			continue
		}
		q.Filter = q.Filter.WithAny(risk.KeyField, []string{key.Value})
		rows, whole, err := everyRow(ctx, r, q)
		if err != nil {
			return nil, false, err
		}
		for _, row := range rows {
			if d := byID[row.Entry.Head().ID]; d != nil {
				d.Keys = append(d.Keys, key.Value)
			}
		}
		complete = complete && whole
	}
	return found, complete, nil
}

// keysAsked is for how many keys detections are asked for by each.
const keysAsked = 1000

// everyWhole reads all detections of a list whole.
func everyWhole(ctx context.Context, r Reader, q store.ListQuery) (found []*risk.Record, complete bool, err error) {
	complete = true
	for q.Limit = rowsRead; ; {
		page, err := r.Records(ctx, store.RecordsQuery{ListQuery: q, WithoutDocuments: true})
		if err != nil {
			return nil, false, err
		}
		for i := range page.Records {
			d := page.Records[i].Entry.Clone().(*risk.Record)
			d.Info, d.Reasons, d.Techniques = nil, nil, nil // a list has no use for them
			found = append(found, d)
		}
		complete = complete && page.Complete
		if q.After = page.Next; q.After == nil {
			return found, complete, nil
		}
	}
}

// isNear says that a sign-in of the detection's service principal, at a time and with a key, is near the detection.
func isNear(d *risk.Record, at time.Time, key string) bool {
	if at.Truncate(time.Microsecond).Sub(momentOf(d)).Abs() > RiskyNear {
		return false
	}
	return len(d.Keys) == 0 || slices.ContainsFunc(d.Keys, func(k string) bool { return strings.EqualFold(k, key) })
}

// momentOf is the time of a detection as stores compare times.
func momentOf(d *risk.Record) time.Time { return d.Head().Time.Truncate(time.Microsecond) }

// near gives the detections that a sign-in is near, the nearest first.
func (d *workloadDetections) near(s *store.SignIn) (list []*risk.Record) {
	of := d.of[store.FoldCase(s.ServicePrincipalID)]
	at := s.Time.Truncate(time.Microsecond)
	first, _ := slices.BinarySearchFunc(of, at.Add(-RiskyNear), func(r *risk.Record, t time.Time) int { return momentOf(r).Compare(t) })
	for _, r := range of[first:] {
		if momentOf(r).After(at.Add(RiskyNear)) {
			break
		}
		if isNear(r, at, s.ServicePrincipalCredentialKeyID) {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, compareNear(at))
	return list
}

// around gives the times around the detections of each service principal. Those of any key, and those of one key, are merged where they
// overlap.
func (d *workloadDetections) around() *store.Spans {
	of := map[string][]store.ObjectSpan{}
	for id, list := range d.of {
		last := map[store.ObjectSpan]int{} // by the key alone: the place of the latest span
		for _, r := range list {
			around := store.Range{From: momentOf(r).Add(-RiskyNear).UTC(), To: momentOf(r).Add(RiskyNear + time.Microsecond).UTC()}
			keys := []store.ObjectSpan{{AnyKey: true}}
			if len(r.Keys) > 0 {
				keys = keys[:0]
				for _, key := range r.Keys {
					keys = append(keys, store.ObjectSpan{Key: store.FoldCase(key)})
				}
			}
			for _, of1 := range keys {
				spans := of[id]
				if at, has := last[of1]; has && !around.From.After(spans[at].Range.To) {
					spans[at].Range.To = around.To
					continue
				}
				last[of1] = len(spans)
				of[id] = append(spans, store.ObjectSpan{Range: around, Key: of1.Key, AnyKey: of1.AnyKey})
			}
		}
	}
	return store.NewSpans(store.ServicePrincipalID, store.CredentialKeyID, of)
}

// stretchesOf gives the stretches of a range, the latest first. Where any key will do there is none of one key.
func stretchesOf(near *store.Spans, in store.Range) (stretches []RiskyStretch) {
	for _, id := range near.IDs() {
		var free []store.Range // of any key
		for _, span := range near.Of(id) {
			if span.AnyKey {
				free = append(free, span.Range)
			}
		}
		for _, span := range near.Of(id) {
			parts := []store.Range{span.Range}
			if !span.AnyKey {
				parts = without(span.Range, free)
			}
			for _, part := range parts {
				if part.From.Before(in.From) {
					part.From = in.From.UTC()
				}
				if part.To.After(in.To) {
					part.To = in.To.UTC()
				}
				if part.From.Before(part.To) {
					stretches = append(stretches, RiskyStretch{Range: part, Principal: id, Key: span.Key, AnyKey: span.AnyKey})
				}
			}
		}
	}
	slices.SortFunc(stretches, func(a, b RiskyStretch) int {
		return cmp.Or(b.Range.To.Compare(a.Range.To), b.Range.From.Compare(a.Range.From), strings.Compare(a.Principal, b.Principal), strings.Compare(a.Key, b.Key))
	})
	return stretches
}

// without gives the parts of a time that are in none of some others, which are ascending and do not overlap.
func without(r store.Range, others []store.Range) (parts []store.Range) {
	for _, o := range others {
		if !o.To.After(r.From) || !o.From.Before(r.To) {
			continue
		}
		if o.From.After(r.From) {
			parts = append(parts, store.Range{From: r.From, To: o.From})
		}
		r.From = o.To
	}
	if r.From.Before(r.To) {
		parts = append(parts, r)
	}
	return parts
}
