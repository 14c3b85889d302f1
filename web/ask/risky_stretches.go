package ask

import (
	"context"
	"slices"
	"strings"
	"time"

	"signpost/store"
	"signpost/store/risk"
)

// workloadDetections are the detections that make sign-ins of service principals risky, or near one.
type workloadDetections struct {
	// named has the detections by the request ID that they name, of has them by their service principal, the oldest first. Both are in
	// lower case.
	named, of map[string][]*risk.Record
	complete  bool
}

// detections reads the detections of workload identities that the list needs: all that may be near a sign-in of the range, and all that
// name a request, whenever they were made. Rows of a list have no keys: detections with any are read whole.
func (q RiskyPrincipals) detections(ctx context.Context, r Reader) (*workloadDetections, error) {
	around := store.Range{From: q.Range.From.Add(-RiskyNear), To: q.Range.To.Add(RiskyNear)}
	all := store.AllTime()
	naming := q.Detections.With(risk.SignInField, store.OpNotEmpty, "")
	const keyed = 0
	lists := []store.ListQuery{
		keyed: {Range: around, Filter: q.Detections.With(risk.KeyField, store.OpNotEmpty, "")},
		{Range: around, Filter: q.Detections.With(risk.KeyField, store.OpEmpty, "")},
		{Range: store.Range{From: all.From, To: around.From}, Filter: naming},
		{Range: store.Range{From: around.To, To: all.To}, Filter: naming},
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
	d := &workloadDetections{named: map[string][]*risk.Record{}, of: map[string][]*risk.Record{}, complete: !slices.Contains(complete, false)}
	for i := range found {
		for _, record := range slices.Backward(found[i]) {
			if id := store.FoldCase(record.RequestID); id != "" {
				d.named[id] = append(d.named[id], record)
			}
			// A detection that tells no time of its own has that of its ingestion: nothing is near that.
			if id := store.FoldCase(record.WorkloadID); id != "" && !record.Head().TimeIsIngestion {
				d.of[id] = append(d.of[id], record)
			}
		}
	}
	for _, list := range d.of {
		slices.SortStableFunc(list, func(a, b *risk.Record) int { return a.Head().Time.Compare(b.Head().Time) })
	}
	for _, list := range d.named {
		slices.SortStableFunc(list, func(a, b *risk.Record) int { return a.Head().Time.Compare(b.Head().Time) })
	}
	return d, nil
}

// everyDetection gives all detections of a list whole.
func everyDetection(ctx context.Context, r Reader, q store.ListQuery) (found []*risk.Record, complete bool, err error) {
	complete = true
	for q.Limit = rowsRead; ; {
		page, err := r.Records(ctx, store.RecordsQuery{ListQuery: q, WithoutDocuments: true})
		if err != nil {
			return nil, false, err
		}
		for i := range page.Records {
			found = append(found, page.Records[i].Entry.(*risk.Record))
		}
		complete = complete && page.Complete
		if q.After = page.Next; q.After == nil {
			return found, complete, nil
		}
	}
}

// isNear says that a sign-in at a time with a key is near the detection, whose service principal it is of.
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

// stretches gives the times of a range in which sign-ins are near a detection, the latest first.
func (d *workloadDetections) stretches(in store.Range) (stretches []RiskyStretch) {
	shared := map[store.Range]int{} // those of any key, by their time
	for id, list := range d.of {
		for _, s := range stretchesOf(list, in) {
			if s.Keys == nil {
				if at, ok := shared[s.Range]; ok {
					stretches[at].Principals = append(stretches[at].Principals, id)
					continue
				}
				shared[s.Range] = len(stretches)
			}
			s.Principals = []string{id}
			stretches = append(stretches, s)
		}
	}
	for i := range stretches {
		slices.Sort(stretches[i].Principals)
	}
	slices.SortFunc(stretches, func(a, b RiskyStretch) int {
		if order := b.Range.To.Compare(a.Range.To); order != 0 {
			return order
		}
		if order := b.Range.From.Compare(a.Range.From); order != 0 {
			return order
		}
		return slices.Compare(a.Principals, b.Principals)
	})
	return stretches
}

// stretchEdge is where the time around a detection begins or ends.
type stretchEdge struct {
	at   time.Time
	d    *risk.Record
	ends bool
}

// stretchesOf gives the stretches of one service principal, the earliest first. Where the times around several detections overlap, the
// keys of all count, and any key where one of these detections has none.
func stretchesOf(list []*risk.Record, in store.Range) (stretches []RiskyStretch) {
	var edges []stretchEdge
	for _, d := range list {
		from, to := momentOf(d).Add(-RiskyNear), momentOf(d).Add(RiskyNear+time.Microsecond)
		if from.Before(in.From) {
			from = in.From
		}
		if to.After(in.To) {
			to = in.To
		}
		if from.Before(to) {
			edges = append(edges, stretchEdge{from.UTC(), d, false}, stretchEdge{to.UTC(), d, true})
		}
	}
	slices.SortStableFunc(edges, func(a, b stretchEdge) int { return a.at.Compare(b.at) })
	anyKey, keys := 0, map[string]int{}
	for i := 0; i < len(edges); {
		at := edges[i].at
		for ; i < len(edges) && edges[i].at.Equal(at); i++ {
			n := 1
			if edges[i].ends {
				n = -1
			}
			if len(edges[i].d.Keys) == 0 {
				anyKey += n
			}
			for _, key := range edges[i].d.Keys {
				if key = store.FoldCase(key); keys[key]+n == 0 {
					delete(keys, key)
				} else {
					keys[key] += n
				}
			}
		}
		if i == len(edges) || anyKey == 0 && len(keys) == 0 {
			continue
		}
		s := RiskyStretch{Range: store.Range{From: at, To: edges[i].at}}
		if anyKey == 0 {
			for key := range keys {
				s.Keys = append(s.Keys, key)
			}
			slices.Sort(s.Keys)
		}
		if last := len(stretches) - 1; last >= 0 && stretches[last].Range.To.Equal(at) && slices.Equal(stretches[last].Keys, s.Keys) {
			stretches[last].Range.To = s.Range.To
			continue
		}
		stretches = append(stretches, s)
	}
	return stretches
}
