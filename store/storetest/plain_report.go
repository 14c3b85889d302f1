package storetest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"signpost/store"
)

// Histogram counts the rows by bucket and status; see store.Store.
func (p *Plain) Histogram(_ context.Context, q store.HistogramQuery) (store.Histogram, error) {
	h := store.Histogram{Complete: true}
	rows := p.matching(q.ListQuery)
	for i := range q.Edges[1:] {
		within := q.Range.Intersect(q.Edges[i], q.Edges[i+1])
		bucket := store.Bucket{From: within.From, To: within.To}
		for _, m := range rows {
			if within.Contains(m.time) {
				bucket.Add(m.signIn.Status(), 1)
			}
		}
		h.Buckets = append(h.Buckets, bucket)
	}
	return h, nil
}

// reported is an entity of a report with its sort key. Entities without an ID have a place by name.
type reported struct {
	store.ReportRow
	place  string // the ID or, marked, the name in place of one
	newest reportedAt
}

// reportedAt orders the sign-ins of several logs by time. At one instant the one of the later log is the newer.
type reportedAt struct {
	micro int64
	log   int
	key   store.Key
}

func (a reportedAt) compare(b reportedAt) int {
	return cmp.Or(cmp.Compare(a.micro, b.micro), cmp.Compare(a.log, b.log), cmp.Compare(a.key, b.key))
}

// Report counts the sign-ins by entity over some logs; see store.Store. Entities without an ID come before the
// others of the same count, by name.
func (p *Plain) Report(_ context.Context, q store.ReportQuery) (store.Report, error) {
	rows := p.reported(q)
	report := store.Report{Entities: int64(len(rows)), Complete: true}
	for _, row := range rows {
		if q.After != nil && comparePlaces(store.ReportPlace{N: row.Total(), ID: row.place}, *q.After) <= 0 {
			continue
		}
		if len(report.Rows) == q.Limit {
			last := report.Rows[q.Limit-1]
			report.Next = &store.ReportPlace{N: last.Total(), ID: last.ID}
			if last.ID == "" {
				report.Next.ID = "\x00" + last.Name
			}
			break
		}
		report.Rows = append(report.Rows, row.ReportRow)
	}
	return report, nil
}

// reported gives every entity in the report's order.
func (p *Plain) reported(q store.ReportQuery) []*reported {
	byPlace := map[string]*reported{}
	for i, info := range store.Logs() {
		if len(q.Logs) > 0 && !slices.Contains(q.Logs, info.Log) {
			continue
		}
		for _, m := range p.matching(store.ListQuery{Log: info.Log, Range: q.Range, Filter: q.Filter}) {
			place := entityWord(q.Entity.Property(), m.signIn)
			if place == "" {
				continue
			}
			row, ok := byPlace[place]
			if !ok {
				row = &reported{place: place}
				row.First = m.time
				byPlace[place] = row
			}
			row.count(q.Entity, m, reportedAt{micro: int64(m.key) >> 12, log: i, key: m.key})
		}
	}
	rows := make([]*reported, 0, len(byPlace))
	for _, row := range byPlace {
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b *reported) int {
		return comparePlaces(store.ReportPlace{N: a.Total(), ID: a.place}, store.ReportPlace{N: b.Total(), ID: b.place})
	})
	return rows
}

// comparePlaces orders the entities with the most sign-ins first, equal counts by ID.
func comparePlaces(a, b store.ReportPlace) int {
	return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.ID, b.ID))
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// count adds one sign-in of the entity.
func (r *reported) count(entity store.Entity, m *match, at reportedAt) {
	var one store.Bucket
	one.Add(m.signIn.Status(), 1)
	r.Success += one.Success
	r.Failure += one.Failure
	r.Interrupted += one.Interrupted
	r.Unknown += one.Unknown
	if t := m.time; t.Before(r.First) {
		r.First = t
	}
	switch m.signIn.Status() {
	case store.StatusSuccess:
		r.LastSuccess = later(r.LastSuccess, m.time)
	case store.StatusFailure:
		r.LastFailure = later(r.LastFailure, m.time)
	}
	if r.Last.IsZero() || at.compare(r.newest) > 0 {
		r.newest, r.Last = at, m.time
		if r.Username = ""; entity == store.EntityUser {
			r.Username = m.signIn.UserPrincipalName
		}
		if name, nameless := strings.CutPrefix(r.place, "\x00"); nameless {
			r.Name = name
		} else {
			r.ID, r.Name = r.place, *entity.NameProperty().Text(m.signIn)
		}
	}
}
