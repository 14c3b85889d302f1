package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// PersonTraces gives a person's own sign-ins as traces; see store.Store. They are read from columns alone.
func (db *DB) PersonTraces(ctx context.Context, q store.PersonQuery) (store.Traces, error) {
	var traces store.Traces
	if q.Person.IsEmpty() {
		return traces, nil
	}
	q.Before = nil
	err := db.read(ctx, func(v *view) error {
		var found []store.Trace
		for i, log := range personLogs {
			own, err := v.personTraces(ctx, q, i)
			if err != nil {
				return fmt.Errorf("trace a person's %s sign-ins: %w", log, err)
			}
			found = append(found, own...)
		}
		slices.SortStableFunc(found, func(a, b store.Trace) int { return cmp.Compare(b.Key, a.Key) }) // ties: the order of personLogs
		traces = store.Traces{Traces: found[:min(len(found), q.Limit)], More: len(found) > q.Limit}
		return nil
	})
	return traces, err
}

// personTraces gives up to one trace more than the limit of one log.
func (v *view) personTraces(ctx context.Context, q store.PersonQuery, index int) ([]store.Trace, error) {
	w, err := v.personWalk(ctx, q, index)
	if err != nil {
		return nil, err
	}
	reader := newTraceReader(v.db.schema, personLogs[index])
	var traces []store.Trace
	for len(traces) <= q.Limit {
		s, row, k, ok, err := w.step()
		if err != nil || !ok {
			return traces, err
		}
		if err := reader.open(s); err != nil {
			return nil, err
		}
		traces = append(traces, reader.trace(row, k))
	}
	return traces, nil
}

// traceReader reads traces of one log from the columns of its parts. A history walks parts that hardly overlap, so the
// columns of the last one are kept at hand.
type traceReader struct {
	schema  *schema
	log     store.Log
	at      *part
	columns map[int]*segment.Column // by the column's index

	denied map[int64]bool // whether a word of MFA outcomes says so
}

func newTraceReader(s *schema, log store.Log) *traceReader {
	return &traceReader{schema: s, log: log, columns: map[int]*segment.Column{}, denied: map[int64]bool{}}
}

// traceTexts are the texts of a trace with where they go.
var traceTexts = []struct {
	property *store.Property
	field    func(*store.Trace) *string
}{
	{store.FailureReason, func(t *store.Trace) *string { return &t.FailureReason }},
	{store.AppID, func(t *store.Trace) *string { return &t.AppID }},
	{store.AppDisplayName, func(t *store.Trace) *string { return &t.AppDisplayName }},
	{store.ResourceID, func(t *store.Trace) *string { return &t.ResourceID }},
	{store.ResourceDisplayName, func(t *store.Trace) *string { return &t.ResourceDisplayName }},
	{store.IPAddress, func(t *store.Trace) *string { return &t.IPAddress }},
	{store.City, func(t *store.Trace) *string { return &t.Location.City }},
	{store.State, func(t *store.Trace) *string { return &t.Location.State }},
	{store.CountryOrRegion, func(t *store.Trace) *string { return &t.Location.CountryOrRegion }},
	{store.DeviceID, func(t *store.Trace) *string { return &t.DeviceID }},
	{store.DeviceDisplayName, func(t *store.Trace) *string { return &t.DeviceDisplayName }},
	{store.OperatingSystem, func(t *store.Trace) *string { return &t.OperatingSystem }},
	{store.Browser, func(t *store.Trace) *string { return &t.Browser }},
}

// open makes the part's columns ready.
func (r *traceReader) open(s source) error {
	if r.at == s.part {
		return nil
	}
	indexes := []int{columnStatus, columnLineMFA, r.schema.byProp[store.ErrorCode].index, r.schema.byProp[store.MFASet].index}
	for _, text := range traceTexts {
		indexes = append(indexes, r.schema.byProp[text.property].index)
	}
	for _, index := range indexes {
		column, err := s.Column(index)
		if err != nil {
			return err
		}
		r.columns[index] = column
	}
	r.at = s.part
	return nil
}

// trace reads one row of the open part.
func (r *traceReader) trace(row int, k store.Key) store.Trace {
	t := store.Trace{Key: k, Log: r.log, Status: store.Status(r.columns[columnStatus].Value(row))}
	t.ErrorCode = intOf(r.columns[r.schema.byProp[store.ErrorCode].index].Value(row))
	for _, text := range traceTexts {
		c := r.schema.byProp[text.property]
		if code := r.columns[c.index].Value(row); code != 0 {
			*text.field(&t) = shownText(c.words.text(code))
		}
	}
	mfa := r.schema.byProp[store.MFASet]
	t.Denied = r.says(mfa.words, 0, r.columns[mfa.index].Value(row)) || r.says(r.schema.lineMFA.words, 1, r.columns[columnLineMFA].Value(row))
	return t
}

// says tells whether a word of MFA outcomes says that one was denied; which tells the two dictionaries apart.
func (r *traceReader) says(words *dictionary, which, code int64) bool {
	if code == 0 {
		return false
	}
	name := code<<1 | which
	denied, known := r.denied[name]
	if !known {
		denied = store.TracedDenied(strings.Split(words.text(code), setSeparator))
		r.denied[name] = denied
	}
	return denied
}

// PersonRows gives a person's own sign-ins at some places; see store.Store.
func (db *DB) PersonRows(ctx context.Context, person store.Person, places []store.Cursor) ([]store.Row, error) {
	if person.IsEmpty() || len(places) == 0 {
		return nil, nil
	}
	var found []store.Row
	err := db.read(ctx, func(v *view) error {
		found = nil
		for _, log := range personLogs {
			var keys []store.Key
			for _, at := range places {
				if at.Log == log {
					keys = append(keys, at.Key)
				}
			}
			rows, err := v.personRows(ctx, log, keys)
			if err != nil {
				return fmt.Errorf("read a person's %s sign-ins: %w", log, err)
			}
			found = append(found, rows...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(r store.Row) bool { return !person.Owns(&r.SignIn) })
	slices.SortStableFunc(found, func(a, b store.Row) int { return cmp.Compare(b.Key, a.Key) })
	return found, nil
}

// personRows reads the rows of those keys that are there, as lines.
func (v *view) personRows(ctx context.Context, log store.Log, keys []store.Key) ([]store.Row, error) {
	slices.Sort(keys)
	keys = slices.Compact(keys)
	if len(keys) == 0 {
		return nil, nil
	}
	t := v.db.schema.tables[log]
	byKey, err := v.rowsByKey(ctx, t, keys)
	if err != nil {
		return nil, err
	}
	keys = slices.DeleteFunc(keys, func(k store.Key) bool {
		_, found := byKey[k]
		return !found
	})
	return v.rowsOf(ctx, t, keys, byKey, log == store.Interactive)
}
