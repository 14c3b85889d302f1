package sqlite

import (
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
		return store.Traces{Complete: true}, nil
	}
	err := db.read(ctx, func(v *view) error {
		var logs [2][]store.Trace
		for i, log := range personLogs {
			var err error
			if logs[i], err = v.personTraces(ctx, q, i); err != nil {
				return fmt.Errorf("trace a person's %s sign-ins: %w", log, err)
			}
		}
		traces = mergeTraces(logs[0], logs[1], q.Limit)
		traces.Complete = v.completeLogs(personLogs, q.Range)
		return nil
	})
	return traces, err
}

// mergeTraces gives the newest of two logs; at one key those of the first log come first.
func mergeTraces(a, b []store.Trace, limit int) store.Traces {
	merged := store.Traces{More: len(a)+len(b) > limit}
	if len(a) == 0 {
		merged.Traces = b[:min(len(b), limit)]
		return merged
	}
	merged.Traces = make([]store.Trace, 0, min(limit, len(a)+len(b)))
	for len(merged.Traces) < limit && len(a)+len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && !a[0].Key.Before(b[0].Key) {
			merged.Traces, a = append(merged.Traces, a[0]), a[1:]
		} else {
			merged.Traces, b = append(merged.Traces, b[0]), b[1:]
		}
	}
	return merged
}

// personTraces gives up to one trace more than the limit of one log.
func (v *view) personTraces(ctx context.Context, q store.PersonQuery, index int) ([]store.Trace, error) {
	w, err := v.personWalk(ctx, q, index)
	if err != nil {
		return nil, err
	}
	// Places first: a trace is large, and a list of them that grew would be copied again and again.
	type place struct {
		source source
		row    int
		key    rowKey
	}
	var places []place
	for len(places) <= q.Limit {
		s, row, k, ok, err := w.step()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		places = append(places, place{s, row, k})
	}
	reader := newTraceReader(v.db.schema, personLogs[index])
	traces := make([]store.Trace, len(places))
	for i, at := range places {
		if err := reader.open(at.source); err != nil {
			return nil, err
		}
		traces[i] = reader.trace(at.row, at.key)
	}
	return traces, nil
}

// traceReader reads traces of one log from the columns of its parts. A history walks parts that hardly overlap, so the
// columns of the last one are kept at hand.
type traceReader struct {
	schema *schema
	log    store.Log
	at     *part

	status, code, mfa, lineMFA *segment.Column
	protocol, transfer         *segment.Column
	texts                      []tracedText        // in the order of traceTexts
	denied                     map[int64]bool      // whether a word of MFA outcomes says so
	flows                      map[[2]int64]string // what words of the protocol and the transfer method say
}

// tracedText is a column of words with the word that was read last: a person's sign-ins are much alike.
type tracedText struct {
	column   *column
	values   *segment.Column
	lastCode int64
	last     string
}

func newTraceReader(s *schema, log store.Log) *traceReader {
	r := &traceReader{schema: s, log: log, denied: map[int64]bool{}, flows: map[[2]int64]string{}}
	for _, text := range traceTexts {
		r.texts = append(r.texts, tracedText{column: s.byProp[text.property]})
	}
	return r
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
func (r *traceReader) open(s source) (err error) {
	if r.at == s.part {
		return nil
	}
	for _, c := range []struct {
		index int
		to    **segment.Column
	}{
		{columnStatus, &r.status},
		{r.schema.byProp[store.ErrorCode].index, &r.code},
		{r.schema.byProp[store.MFASet].index, &r.mfa},
		{columnLineMFA, &r.lineMFA},
		{r.schema.byProp[store.AuthenticationProtocol].index, &r.protocol},
		{r.schema.byProp[store.OriginalTransferMethod].index, &r.transfer},
	} {
		if *c.to, err = s.Column(c.index); err != nil {
			return err
		}
	}
	for i := range r.texts {
		if r.texts[i].values, err = s.Column(r.texts[i].column.index); err != nil {
			return err
		}
	}
	r.at = s.part
	return nil
}

// trace reads one row of the open part.
func (r *traceReader) trace(row int, k rowKey) store.Trace {
	t := store.Trace{Key: k.outside(), Log: r.log, Status: store.Status(r.status.Value(row)), ErrorCode: intOf(r.code.Value(row))}
	for i := range r.texts {
		text := &r.texts[i]
		code := text.values.Value(row)
		if code == 0 {
			continue
		}
		if code != text.lastCode {
			text.lastCode, text.last = code, shownText(text.column.words.text(code))
		}
		*traceTexts[i].field(&t) = text.last
	}
	t.Denied = r.says(r.schema.byProp[store.MFASet].words, 0, r.mfa.Value(row)) || r.says(r.schema.lineMFA.words, 1, r.lineMFA.Value(row))
	t.Flow = r.flow(r.protocol.Value(row), r.transfer.Value(row))
	return t
}

// flow gives what the words of a protocol and of a transfer method say.
func (r *traceReader) flow(protocol, transfer int64) string {
	if protocol == 0 && transfer == 0 {
		return ""
	}
	words := [2]int64{protocol, transfer}
	flow, known := r.flows[words]
	if !known {
		by := r.schema.byProp
		flow = store.HandedOver(by[store.AuthenticationProtocol].words.text(protocol), by[store.OriginalTransferMethod].words.text(transfer))
		r.flows[words] = flow
	}
	return flow
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
			var keys []rowKey
			for _, at := range places {
				if k, ok := keyOf(at.Key); ok && at.Log == log {
					keys = append(keys, k)
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
	found = slices.DeleteFunc(found, func(r store.Row) bool { return !person.Owns(r.SignIn()) })
	slices.SortStableFunc(found, func(a, b store.Row) int { return b.Key.Compare(a.Key) })
	return found, nil
}

// personRows reads the rows of those keys that are there, as lines.
func (v *view) personRows(ctx context.Context, log store.Log, keys []rowKey) ([]store.Row, error) {
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
	keys = slices.DeleteFunc(keys, func(k rowKey) bool {
		_, found := byKey[k]
		return !found
	})
	return v.rowsOf(ctx, t, keys, byKey, t.info.Folds)
}
