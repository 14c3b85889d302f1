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
	log         int64 // of the newest sign-in
	name        int64 // the code of its name
}

func (r *reported) total() int64 {
	return r.byStatus[0] + r.byStatus[1] + r.byStatus[2] + r.byStatus[3]
}

// add takes more sign-ins of the same entity.
func (r *reported) add(more *reported) {
	if r.total() == 0 {
		*r = *more
		return
	}
	for i, n := range more.byStatus {
		r.byStatus[i] += n
	}
	r.first = min(r.first, more.first)
	if cmp.Or(cmp.Compare(more.last>>12, r.last>>12), cmp.Compare(more.log, r.log), cmp.Compare(more.last, r.last)) > 0 {
		r.last, r.log, r.name = more.last, more.log, more.name
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
	entity, name := db.schema.byProp[q.Entity.Property()], db.schema.byProp[q.Entity.NameProperty()]
	var report store.Report
	err := db.read(ctx, func(v *view) error {
		all := make([]reported, entity.words.next()) // by code; code 0 is no entity
		for _, log := range logs {
			asked, err := db.question(store.ListQuery{Log: log, Range: q.Range, Filter: q.Filter})
			if err != nil {
				return err
			}
			if err := v.report(ctx, asked, entity, name, all); err != nil {
				return fmt.Errorf("count %s sign-ins by entity: %w", log, err)
			}
		}
		report = reportPage(q, entity, name, all)
		return nil
	})
	return report, err
}

// report adds the sign-ins of one log.
func (v *view) report(ctx context.Context, asked question, entity, name *column, all []reported) error {
	p, err := v.plan(ctx, asked)
	if err != nil {
		return err
	}
	p.require(segment.Clause{Terms: []segment.Term{{Column: entity.index, Set: someValue}}})
	return v.each(ctx, asked, p, func() worker {
		own := make([]reported, len(all))
		return worker{
			answer: func(s source, selected func() (*segment.Selection, error), counter *segment.Counter) error {
				entities, err := kept(s, asked, "report of "+entity.name, func() ([]reportedCode, error) {
					return reportPart(s, entity, name, selected, counter)
				}, func(list []reportedCode) int { return len(list) * int(unsafe.Sizeof(reportedCode{})) })
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
func reportPart(s source, entity, name *column, selected func() (*segment.Selection, error), counter *segment.Counter) ([]reportedCode, error) {
	rows, err := selected()
	if err != nil || rows.Len() == 0 {
		return nil, err
	}
	keys, err := s.Keys()
	if err != nil {
		return nil, err
	}
	columns := [3]*segment.Column{}
	for i, c := range [3]int{entity.index, columnStatus, name.index} {
		if columns[i], err = s.Column(c); err != nil {
			return nil, err
		}
	}
	var list []reportedCode
	places := map[int64]int{}
	counter.Spans2(columns[0], columns[1], rows, func(code, status, n int64, first, last int) {
		more := reported{first: store.Key(keys.At(first)), last: store.Key(keys.At(last)), log: s.table.index, name: columns[2].Value(last)}
		more.byStatus[status&3] = n
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
func reportPage(q store.ReportQuery, entity, name *column, all []reported) store.Report {
	report := store.Report{Complete: true}
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
		r := &all[codes[place.ID]]
		row := store.ReportRow{
			ID: shownText(place.ID), Name: name.words.text(r.name), First: r.first.Time(), Last: r.last.Time(),
			Success: r.byStatus[store.StatusSuccess], Failure: r.byStatus[store.StatusFailure],
			Interrupted: r.byStatus[store.StatusInterrupted], Unknown: r.byStatus[store.StatusUnknown],
		}
		if isStandIn(place.ID) {
			row.Name = place.ID[len(nameMark):]
		}
		report.Rows = append(report.Rows, row)
	}
	return report
}
