package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"signpost/store"
)

// Plain answers every question of store.Store by plain loops over a slice. It is short enough to be believed, so
// that it can be the oracle of engines.
type Plain struct {
	catalog store.Catalog
	entries map[store.Log][]*entry // newest first
	all     []*store.Record        // of all logs
	// Memberships are the members of the groups that a filter may name, by ID; set before the first question.
	Memberships map[string]store.MemberSet
	// Users are those of the directory; set before the first question, with their Names.
	Users []store.Object
	Names store.UserNames

	// The pages of one question read the same rows, so the rows of the last questions are kept.
	rows, persons kept[[]*match]
	groups        kept[[]store.Group]
	scopes        kept[*Plain]
}

// kept caches the last results by their question.
type kept[T any] struct {
	mu    sync.Mutex
	items map[string]T
}

func (k *kept[T]) get(name string, make func() T) T {
	k.mu.Lock()
	item, ok := k.items[name]
	k.mu.Unlock()
	if ok {
		return item
	}
	item = make()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.items == nil || len(k.items) >= 16 {
		k.items = map[string]T{}
	}
	k.items[name] = item
	return item
}

var _ store.Store = (*Plain)(nil)

// Catalog gives the kinds of records that the store keeps.
func (p *Plain) Catalog() store.Catalog { return p.catalog }

// Snapshot is part of store.Store: the contents of Plain never change.
func (p *Plain) Snapshot(ctx context.Context) (with context.Context, release func(), err error) {
	return ctx, func() {}, nil
}

// entry is one stored sign-in (an event), and its line.
type entry struct {
	record store.Record
	id     string   // its NormalID
	line   []*entry // oldest first; its last is the line's last event
	listed *match   // as an event of its own
	asLine *match   // as the line; only of a line's last event
}

// NewPlain keeps merged records of some kinds, each under its record's Key.
func NewPlain(catalog store.Catalog, records []store.Record) *Plain {
	p := &Plain{catalog: catalog, entries: map[store.Log][]*entry{}}
	for _, r := range records {
		head := r.Entry.Head()
		p.entries[head.Log] = append(p.entries[head.Log], &entry{record: r, id: NormalID(head.ID)})
	}
	for log, entries := range p.entries {
		slices.SortFunc(entries, func(a, b *entry) int { return b.record.Key.Compare(a.record.Key) })
		info, _ := catalog.Log(log)
		formLines(info, entries)
		for _, e := range entries {
			if e.listed = newMatch(info.Kind(), []*entry{e}); e.isLast() {
				e.asLine = e.listed
				if len(e.line) > 1 {
					e.asLine = newMatch(info.Kind(), e.line)
				}
			}
		}
	}
	for _, info := range catalog.Logs() {
		for _, e := range p.entries[info.Log] {
			p.all = append(p.all, &e.record)
		}
	}
	return p
}

// formLines folds the events of a log whose events make lines; in any other one every row is a line of its own.
func formLines(log store.LogInfo, newestFirst []*entry) {
	if !log.Folds {
		for _, e := range newestFirst {
			e.line = []*entry{e}
		}
		return
	}
	events := make([]store.LineEvent, len(newestFirst))
	for i, e := range newestFirst {
		events[i] = store.LineEventOf(e.record.Key, e.record.SignIn())
	}
	last := store.Fold(events)
	for i, e := range slices.Backward(newestFirst) {
		end := newestFirst[last[i]]
		end.line = append(end.line, e)
	}
	for i, e := range newestFirst {
		e.line = newestFirst[last[i]].line
	}
}

// isLast tells whether the event is the last of its line: such an event stands for the line.
func (e *entry) isLast() bool { return e.line[len(e.line)-1] == e }

// match is a row that answers a question, with its events.
type match struct {
	kind   *store.Kind
	last   *store.Record
	key    store.Key
	time   time.Time
	entry  store.Entry   // whole; the line's last event
	events []store.Entry // of the line, or the listed event alone
	// records are those of the events.
	records []*store.Record
}

// newMatch makes the row of a line, oldest event first.
func newMatch(kind *store.Kind, line []*entry) *match {
	last := &line[len(line)-1].record
	m := &match{kind: kind, last: last, key: last.Key, time: last.Key.Time(), entry: last.Entry}
	for _, e := range line {
		m.events = append(m.events, e.record.Entry)
		m.records = append(m.records, &e.record)
	}
	return m
}

// status tells how the row ended.
func (m *match) status() store.Status { return m.kind.StatusOf(m.entry) }

// signIns gives the events of a row of sign-ins.
func (m *match) signIns() []*store.SignIn {
	signIns := make([]*store.SignIn, len(m.events))
	for i, e := range m.events {
		signIns[i] = e.(*store.SignIn)
	}
	return signIns
}

// row is the match in the form of lists.
func (m *match) row() store.Row {
	row := store.Row{Key: m.key, Entry: listed(m.kind, m.last), Line: store.Line{Events: 1, Started: m.time}}
	if m.kind == store.SignIns {
		row.Line = store.LineOf(m.signIns())
	}
	row.Line.Started = floor(row.Line.Started)
	return row
}

// listed gives a record in the form of lists: the single-valued properties.
func listed(kind *store.Kind, r *store.Record) store.Entry {
	head := r.Entry.Head()
	head.Time, head.Ingested = r.Key.Time(), floor(head.Ingested)
	row := kind.NewOf(head)
	for _, p := range kind.Properties {
		switch {
		case p.Text != nil:
			*p.Text(row) = *p.Text(r.Entry)
		case p.Int != nil:
			*p.Int(row) = *p.Int(r.Entry)
		case p.Bool != nil:
			*p.Bool(row) = *p.Bool(r.Entry)
		}
	}
	return row
}

// floor gives the time to the microsecond, as engines keep it.
func floor(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return time.UnixMicro(t.UnixMicro()).UTC()
}

// matching gives the rows of a question about one log, newest first. Of the interactive log these are its lines
// or, where the query says so, its events; of any other log its sign-ins.
func (p *Plain) matching(q store.ListQuery) []*match {
	return p.rows.get(nameOf(q), func() []*match { return p.match(q) })
}

func nameOf(q store.ListQuery) string {
	var scopes []string
	for _, s := range q.Filter.Scopes() {
		scopes = append(scopes, s.Name())
	}
	return fmt.Sprint(q.Log, q.AllEvents, q.Range.From.UnixNano(), q.Range.To.UnixNano(), q.Filter.Values().Encode(), scopes)
}

func (p *Plain) match(q store.ListQuery) []*match {
	var rows []*match
	info, _ := p.catalog.Log(q.Log)
	asLines := info.Folds && !q.AllEvents
	filter := p.told(q.Filter)
	for _, e := range p.entries[q.Log] {
		if !q.Range.Contains(e.listed.time) || asLines && !e.isLast() {
			continue
		}
		m := e.listed
		if asLines {
			m = e.asLine
		}
		if filter.MatchLine(m.events) {
			rows = append(rows, m)
		}
	}
	return rows
}

// refuse gives an error for a log that there is not, and for a field of another kind of records.
func (p *Plain) refuse(q store.ListQuery, fields ...*store.Field) error {
	info, ok := p.catalog.Log(q.Log)
	if !ok {
		return store.ErrNotFound
	}
	return info.Refuse(q.Filter, fields...)
}

// Page gives one page of a log; see store.Store.
func (p *Plain) Page(_ context.Context, q store.ListQuery) (store.Page, error) {
	if err := p.refuse(q); err != nil {
		return store.Page{}, err
	}
	return rowPage(p.matching(q), q.After, q.Before, q.Limit), nil
}

func rowPage(rows []*match, after, before *store.Cursor, limit int) store.Page {
	cut, next, prev := pageOf(rows, func(m *match) store.Cursor { return store.Cursor{Key: m.key} }, after, before, limit)
	page := store.Page{Next: next, Prev: prev, Complete: true}
	for _, m := range cut {
		page.Rows = append(page.Rows, m.row())
	}
	return page
}

// pageOf cuts one page out of a list that is in the order of its cursors, newest first.
func pageOf[T any](list []T, cursor func(T) store.Cursor, after, before *store.Cursor, limit int) (page []T, next, prev *store.Cursor) {
	from, to := 0, len(list)
	switch {
	case after != nil:
		for from < len(list) && cursor(list[from]).Compare(*after) <= 0 {
			from++
		}
		to = min(len(list), from+limit)
	case before != nil:
		for to > 0 && cursor(list[to-1]).Compare(*before) >= 0 {
			to--
		}
		from = max(0, to-limit)
	default:
		to = min(len(list), limit)
	}
	page = list[from:to]
	if len(page) == 0 {
		return nil, nil, nil
	}
	if to < len(list) {
		c := cursor(list[to-1])
		next = &c
	}
	if from > 0 {
		c := cursor(list[from])
		prev = &c
	}
	return page, next, prev
}

// Total counts a log's rows; see store.Store.
func (p *Plain) Total(_ context.Context, q store.ListQuery) (store.Total, error) {
	if err := p.refuse(q); err != nil {
		return store.Total{}, err
	}
	return store.Total{N: int64(len(p.matching(q))), Complete: true}, nil
}

// Records gives one page of a log's sign-ins whole; see store.Store.
func (p *Plain) Records(_ context.Context, q store.RecordsQuery) (store.RecordPage, error) {
	if err := p.refuse(q.ListQuery); err != nil {
		return store.RecordPage{}, err
	}
	cut, next, _ := pageOf(p.matching(q.ListQuery), func(m *match) store.Cursor { return store.Cursor{Key: m.key} }, q.After, q.Before, q.Limit)
	page := store.RecordPage{Next: next, Rows: len(cut), Complete: true}
	bytes := int64(0)
	for i, m := range cut {
		events := m.records
		if !q.Folded {
			events = events[len(events)-1:]
		}
		for _, r := range events {
			for _, v := range r.Versions {
				bytes += int64(len(v.Doc))
			}
		}
		if q.Bytes > 0 && bytes > q.Bytes && i > 0 {
			page.Rows, page.Next = i, &store.Cursor{Key: cut[i-1].key}
			break
		}
		for _, r := range events {
			page.Records = append(page.Records, *r)
		}
	}
	return page, nil
}

// Newest gives the time of a log's newest sign-in; see store.Store.
func (p *Plain) Newest(_ context.Context, log store.Log) (time.Time, bool, error) {
	if err := p.refuse(store.ListQuery{Log: log}); err != nil {
		return time.Time{}, false, err
	}
	entries := p.entries[log]
	if len(entries) == 0 {
		return time.Time{}, false, nil
	}
	return entries[0].record.Key.Time(), true, nil
}

// Get gives one sign-in; see store.Store. The ID of any event gives the line, which is its last event.
func (p *Plain) Get(_ context.Context, q store.GetQuery) (store.Record, error) {
	logs := []store.Log{q.Log}
	if q.Owner != nil {
		logs = nil
		for _, info := range store.SignIns.Logs {
			logs = append(logs, info.Log)
		}
	}
	for _, log := range logs {
		for _, e := range p.entries[log] {
			if e.id != NormalID(q.ID) {
				continue
			}
			if record := e.whole(); p.areIn(q.Scopes, record.Entry) && (q.Owner == nil || q.Owner.Owns(record.SignIn())) {
				return record, nil
			}
		}
	}
	return store.Record{}, store.ErrNotFound
}

// Places gives the places of some sign-ins; see store.Store.
func (p *Plain) Places(_ context.Context, refs []store.Ref) ([]store.Cursor, error) {
	places := make([]store.Cursor, len(refs))
	for i, ref := range refs {
		for _, e := range p.entries[ref.Log] {
			if e.id == NormalID(ref.ID) {
				places[i] = store.Cursor{Key: e.whole().Key, Log: ref.Log}
			}
		}
	}
	return places, nil
}

// whole gives the record of the event's line.
func (e *entry) whole() store.Record {
	record := e.line[len(e.line)-1].record
	for _, event := range e.line {
		record.Events = append(record.Events, event.listed.row())
	}
	return record
}

// NormalID gives the one spelling of an ID: a GUID in lower case, any other text unchanged.
func NormalID(id string) string {
	if len(id) != 36 {
		return id
	}
	for i, c := range []byte(strings.ToLower(id)) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdef", rune(c)) {
			return id
		}
	}
	return strings.ToLower(id)
}
