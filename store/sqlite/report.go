package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"unsafe"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// reported is one entity's sign-ins as columns know them.
type reported struct {
	byStatus    [4]int64
	first, last store.Key
	log         int   // of the newest sign-in, by its place among the logs
	name        int64 // the code of its name
	username    int64 // the code of its username
	// success and failure are the newest of that status, where byStatus counts any.
	success, failure store.Key
}

func (r *reported) total() int64 {
	return r.byStatus[0] + r.byStatus[1] + r.byStatus[2] + r.byStatus[3]
}

// newestOf gives the newest of two keys of a status. A key means something only where there are such sign-ins.
func (r *reported) newestOf(s store.Status, own store.Key, more *reported, other store.Key) store.Key {
	switch {
	case more.byStatus[s] == 0:
		return own
	case r.byStatus[s] == 0:
		return other
	}
	return max(own, other)
}

// add takes more sign-ins of the same entity.
func (r *reported) add(more *reported) {
	if r.total() == 0 {
		*r = *more
		return
	}
	r.success = r.newestOf(store.StatusSuccess, r.success, more, more.success)
	r.failure = r.newestOf(store.StatusFailure, r.failure, more, more.failure)
	for i, n := range more.byStatus {
		r.byStatus[i] += n
	}
	r.first = min(r.first, more.first)
	if cmp.Or(cmp.Compare(more.last>>12, r.last>>12), cmp.Compare(more.log, r.log), cmp.Compare(more.last, r.last)) > 0 {
		r.last, r.log, r.name, r.username = more.last, more.log, more.name, more.username
	}
}

// Report counts the sign-ins per entity over some logs; see store.Store.
func (db *DB) Report(ctx context.Context, q store.ReportQuery) (store.Report, error) {
	logs := q.Logs
	if len(logs) == 0 {
		for _, info := range store.Logs() {
			logs = append(logs, info.Log)
		}
	}
	columns := db.entityColumns(q.Entity)
	var report store.Report
	err := db.read(ctx, func(v *view) error {
		all, err := v.reportAll(ctx, columns, logs, q.Range, q.Filter)
		if err == nil {
			report = reportPage(q, columns, all)
			report.Complete = v.completeLogs(logs, q.Range)
		}
		return err
	})
	return report, err
}

// entityColumns are the columns of an entity's ID and names; username is nil where it has none.
type entityColumns struct {
	kind                   store.Entity
	entity, name, username *column
}

func (db *DB) entityColumns(e store.Entity) entityColumns { return db.schema.entityColumns(e) }

func (s *schema) entityColumns(e store.Entity) entityColumns {
	c := entityColumns{kind: e, entity: s.byProp[e.Property()], name: s.byProp[e.NameProperty()]}
	if e == store.EntityUser {
		c.username = s.byProp[store.UserPrincipalName]
	}
	return c
}

// reportAll counts the sign-ins of some logs by the entity's code; code 0 is no entity.
func (v *view) reportAll(ctx context.Context, columns entityColumns, logs []store.Log, in store.Range, filter store.Filter) ([]reported, error) {
	all := make([]reported, columns.entity.words.next())
	for _, log := range logs {
		asked, err := v.db.question(store.ListQuery{Log: log, Range: in, Filter: filter})
		if err != nil {
			return nil, err
		}
		if err := v.report(ctx, asked, columns, nil, all); err != nil {
			return nil, fmt.Errorf("count %s sign-ins by entity: %w", log, err)
		}
	}
	return all, nil
}

// report adds the sign-ins of one log. Where only names some entities, it adds theirs, and keeps nothing of what it finds.
func (v *view) report(ctx context.Context, asked question, columns entityColumns, only *segment.Set, all []reported) error {
	entity, some := columns.entity, only
	if asked.table.kind.byProp[entity.property] != entity {
		return nil // the log's records know no such entity
	}
	if only == nil {
		some = someValue
	}
	p, err := v.plan(ctx, &asked)
	if err != nil {
		return err
	}
	p.keepFewOf(asked) // before what is required of this report alone
	p.require(segment.Clause{Terms: []segment.Term{{Column: entity.index, Set: some}}})
	return v.each(ctx, asked, p, func() worker {
		own := make([]reported, len(all))
		return worker{
			answer: func(s source, selected func() (*segment.Selection, error), counter *segment.Counter) error {
				find := func() ([]reportedCode, error) { return reportPart(s, columns, selected, counter) }
				size := func(list []reportedCode) int { return len(list) * int(unsafe.Sizeof(reportedCode{})) }
				var entities []reportedCode
				var err error
				if only == nil {
					entities, err = kept(s, asked, "report of "+entity.name, find, size)
				} else {
					entities, err = find()
				}
				for i := range entities {
					if e := &entities[i]; e.code < int64(len(own)) { // else a word of after this view: no row of it holds one
						own[e.code].add(&e.reported)
					}
				}
				return err
			},
			done: func() {
				for code := range own {
					if own[code].total() > 0 {
						all[code].add(&own[code])
					}
				}
			},
		}
	})
}

// reportedCode is an entity, by its code, in one part.
type reportedCode struct {
	code int64
	reported
}

// reportPart counts the entities of the selected rows of a part.
func reportPart(s source, of entityColumns, selected func() (*segment.Selection, error), counter *segment.Counter) ([]reportedCode, error) {
	rows, err := selected()
	if err != nil || rows.Len() == 0 {
		return nil, err
	}
	keys, err := s.Keys()
	if err != nil {
		return nil, err
	}
	indexes := []int{of.entity.index, columnStatus, of.name.index}
	if of.username != nil {
		indexes = append(indexes, of.username.index)
	}
	columns := make([]*segment.Column, len(indexes))
	for i, c := range indexes {
		if columns[i], err = s.Column(c); err != nil {
			return nil, err
		}
	}
	var list []reportedCode
	places := map[int64]int{}
	counter.Spans2(columns[0], columns[1], rows, func(code, status, n int64, first, last int) {
		more := reported{first: store.Key(keys.At(first)), last: store.Key(keys.At(last)), log: s.table.place, name: columns[2].Value(last)}
		more.byStatus[status&3] = n
		if of.username != nil {
			more.username = columns[3].Value(last)
		}
		switch store.Status(status) {
		case store.StatusSuccess:
			more.success = more.last
		case store.StatusFailure:
			more.failure = more.last
		}
		at, ok := places[code]
		if !ok {
			at = len(list)
			places[code] = at
			list = append(list, reportedCode{code: code})
		}
		list[at].add(&more)
	})
	return list, nil
}

// reportPlace gives an entity's place in the report's order.
func reportPlace(entity *column, code int64, r *reported) store.ReportPlace {
	return store.ReportPlace{N: r.total(), ID: entity.words.text(code)}
}

func comparePlaces(a, b store.ReportPlace) int {
	return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.ID, b.ID))
}

// reportPage cuts the page out of all entities.
func reportPage(q store.ReportQuery, columns entityColumns, all []reported) store.Report {
	entity := columns.entity
	report := store.Report{}
	var places []store.ReportPlace
	codes := map[string]int64{}
	for code := range all {
		if all[code].total() == 0 {
			continue
		}
		report.Entities++
		place := reportPlace(entity, int64(code), &all[code])
		if q.After == nil || comparePlaces(place, *q.After) > 0 {
			places = append(places, place)
			codes[place.ID] = int64(code)
		}
	}
	slices.SortFunc(places, comparePlaces)
	if len(places) > q.Limit {
		places = places[:q.Limit]
		report.Next = &places[q.Limit-1]
	}
	for _, place := range places {
		report.Rows = append(report.Rows, columns.row(codes[place.ID], &all[codes[place.ID]]))
	}
	return report
}

// row is the entity of a code for the outside.
func (c *entityColumns) row(code int64, r *reported) store.ReportRow {
	row := r.counts()
	word := c.entity.words.text(code)
	row.ID, row.Name = shownText(word), c.name.words.text(r.name)
	if c.username != nil {
		row.Username = c.username.words.text(r.username)
	}
	if isStandIn(word) {
		row.Name = word[len(nameMark):]
	}
	return row
}

// counts is what was counted, without the entity.
func (r *reported) counts() store.ReportRow {
	row := store.ReportRow{
		Success: r.byStatus[store.StatusSuccess], Failure: r.byStatus[store.StatusFailure],
		Interrupted: r.byStatus[store.StatusInterrupted], Unknown: r.byStatus[store.StatusUnknown],
	}
	if r.total() == 0 {
		return row
	}
	row.First, row.Last = r.first.Time(), r.last.Time()
	if row.Success > 0 {
		row.LastSuccess = r.success.Time()
	}
	if row.Failure > 0 {
		row.LastFailure = r.failure.Time()
	}
	return row
}
