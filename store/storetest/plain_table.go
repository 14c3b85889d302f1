package storetest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"signpost/store"
)

// tableRow is a row of a table with its sign-ins.
type tableRow struct {
	store.TableRow
	folded  string
	matches []*match
	newest  newestAt
}

// newestAt orders the sign-ins of several logs by time. At one instant the one of the later log is the newer.
type newestAt struct {
	micro int64
	log   int
	key   store.Key
}

func (p *Plain) newestOf(m *match) newestAt {
	log := slices.IndexFunc(p.catalog.Logs(), func(info store.LogInfo) bool { return info.Log == m.entry.Head().Log })
	return newestAt{micro: m.time.UnixMicro(), log: log, key: m.key}
}

func (a newestAt) compare(b newestAt) int {
	return cmp.Or(cmp.Compare(a.micro, b.micro), cmp.Compare(a.log, b.log), a.key.Compare(b.key))
}

// Table counts sign-ins by the values of a field; see store.Store.
func (p *Plain) Table(_ context.Context, q store.TableQuery) (store.Table, error) {
	for _, f := range q.Fields() {
		if !f.Facetable() {
			return store.Table{}, store.ErrNoFacet
		}
	}
	if err := q.Check(); err != nil {
		return store.Table{}, err
	}
	for _, log := range q.Logs {
		if err := p.refuse(store.ListQuery{Log: log, Filter: q.Filter}, q.Fields()...); err != nil {
			return store.Table{}, err
		}
	}
	if len(q.Logs) == 0 {
		if err := q.By.Kind().Logs[0].Refuse(q.Filter, q.Fields()...); err != nil {
			return store.Table{}, err
		}
	}
	rows := p.tableRows(q)
	table := store.Table{Values: int64(len(rows)), Complete: true}
	var columns map[string]int
	var across map[string]*tableRow
	if q.Across != nil {
		columns, across = p.addColumns(&table, q, rows)
	}
	for _, row := range rows {
		if q.After != nil && q.Compare(row.place(q), *q.After) <= 0 {
			continue
		}
		if len(table.Rows) == q.Limit {
			break
		}
		if q.Across != nil {
			row.Cells = make([]int64, len(table.Columns))
			row.addAcross(q, columns)
			row.Top = row.top(q, across)
		}
		row.addBuckets(q.Edges)
		table.Rows = append(table.Rows, row.TableRow)
		table.Next = nil
		if place := row.place(q); row != rows[len(rows)-1] {
			table.Next = &place
		}
	}
	return table, nil
}

// tableValues gives the values that a sign-in counts for in a table, by their folded text.
func tableValues(q store.TableQuery, f *store.Field, m *match) map[string]string {
	if f.List() != nil {
		values, _ := itemValues(m.entry, f, q.Filter)
		return values
	}
	return m.values(f)
}

// tableCounts gives what a sign-in counts for in the rows of a table: its values, or those of each item.
func tableCounts(q store.TableQuery, m *match) (counts []map[string]string) {
	if !q.Items {
		return append(counts, tableValues(q, q.By, m))
	}
	for _, item := range itemsThatCount(m.entry, q.By.List(), q.Filter) {
		values := map[string]string{}
		for _, text := range item.texts(q.By) {
			addValue(values, text)
		}
		counts = append(counts, values)
	}
	return counts
}

// tableRows gives every row in the table's order.
func (p *Plain) tableRows(q store.TableQuery) []*tableRow {
	byValue := map[string]*tableRow{}
	for _, info := range q.By.Kind().Logs {
		if len(q.Logs) > 0 && !slices.Contains(q.Logs, info.Log) {
			continue
		}
		for _, m := range p.matching(store.ListQuery{Log: info.Log, Range: q.Range, Filter: q.Filter, AllEvents: q.AllEvents}) {
			for _, values := range tableCounts(q, m) {
				for folded, value := range values {
					row, ok := byValue[folded]
					if !ok {
						row = &tableRow{folded: folded}
						row.Value, row.First, row.newest = value, m.time, p.newestOf(m)
						byValue[folded] = row
					}
					row.count(q.By, m, p.newestOf(m), value)
				}
			}
		}
	}
	rows := make([]*tableRow, 0, len(byValue))
	for _, row := range byValue {
		if !q.OlderThan.IsZero() && !row.Last.Before(q.OlderThan) {
			continue
		}
		if q.Only != nil && !slices.ContainsFunc(q.Only, func(value string) bool { return store.FoldCase(value) == row.folded }) {
			continue
		}
		if !q.NamesNewest {
			row.Newest = store.Ref{}
		}
		row.Distinct = make([]int64, len(q.Distinct))
		for i, f := range q.Distinct {
			distinct := map[string]bool{}
			for _, m := range row.matches {
				for folded := range tableValues(q, f, m) {
					distinct[folded] = true
				}
			}
			row.Distinct[i] = int64(len(distinct))
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b *tableRow) int { return q.Compare(a.place(q), b.place(q)) })
	return rows
}

// place gives the row's place in the table's order.
func (r *tableRow) place(q store.TableQuery) store.TablePlace {
	place := store.TablePlace{Value: r.folded}
	switch {
	case q.Sort == store.ByTotal:
		place.N = r.Total()
	case q.Sort == store.ByLabel:
		return store.LabelPlace(r.Label, r.folded)
	case q.Sort == store.ByFailureRate:
		place.N = r.FailureRate().Order()
	case q.Sort >= store.ByStatus && q.Sort < store.ByDistinct:
		place.N = r.ByStatus[q.Sort-store.ByStatus]
	case q.Sort == store.ByFirst:
		place.N = r.First.UnixMicro()
	case q.Sort == store.ByLast:
		place.N = r.Last.UnixMicro()
	case q.Sort == store.ByValue:
	default:
		place.N = r.Distinct[q.Sort-store.ByDistinct]
	}
	return place
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// count adds one sign-in that has the row's value in some spelling.
func (r *tableRow) count(by *store.Field, m *match, at newestAt, value string) {
	r.matches = append(r.matches, m)
	r.Value = min(r.Value, value)
	r.ByStatus[m.status()]++
	if m.time.Before(r.First) {
		r.First = m.time
	}
	switch m.status() {
	case store.StatusSuccess:
		r.LastSuccess = later(r.LastSuccess, m.time)
	case store.StatusFailure:
		r.LastFailure = later(r.LastFailure, m.time)
	}
	if at.compare(r.newest) >= 0 {
		r.newest, r.Last = at, m.time
		head := m.entry.Head()
		r.Newest = store.Ref{Log: head.Log, ID: head.ID, Near: head.Time}
		r.Label, r.Username = label(by, m.entry), by.UsernameIn(m.entry)
		r.IsName = by.IsOfIDs() && *by.Properties[0].Text(m.entry) == ""
	}
}

// addColumns gives the table its columns, their places by folded value, and all values across.
func (p *Plain) addColumns(table *store.Table, q store.TableQuery, rows []*tableRow) (map[string]int, map[string]*tableRow) {
	byValue := map[string]*tableRow{}
	seen := map[*match]bool{}
	for _, row := range rows {
		for _, m := range row.matches {
			if seen[m] {
				continue
			}
			seen[m] = true
			for folded, value := range tableValues(q, q.Across, m) {
				if byValue[folded] == nil {
					byValue[folded] = &tableRow{folded: folded}
					byValue[folded].Value, byValue[folded].newest = value, p.newestOf(m)
				}
				byValue[folded].count(q.Across, m, p.newestOf(m), value)
			}
		}
	}
	var columns []*tableRow
	for _, column := range byValue {
		columns = append(columns, column)
	}
	slices.SortFunc(columns, func(a, b *tableRow) int {
		return cmp.Or(cmp.Compare(b.Total(), a.Total()), cmp.Compare(a.folded, b.folded))
	})
	table.ColumnValues = int64(len(columns))
	places := map[string]int{}
	for i, column := range columns[:min(q.Columns, len(columns))] {
		places[column.folded] = i
		table.Columns = append(table.Columns, store.TableColumn{Value: column.Value, Label: column.Label, N: column.Total()})
	}
	return places, byValue
}

// top gives the value across with the most of the row's sign-ins.
func (r *tableRow) top(q store.TableQuery, across map[string]*tableRow) (top store.TableColumn) {
	counts := map[string]int64{}
	for _, m := range r.matches {
		for folded := range tableValues(q, q.Across, m) {
			counts[folded]++
		}
	}
	for _, folded := range slices.Sorted(maps.Keys(counts)) {
		if counts[folded] > top.N {
			top = store.TableColumn{Value: across[folded].Value, Label: across[folded].Label, N: counts[folded]}
		}
	}
	return top
}

// addBuckets counts the row's sign-ins between edges.
func (r *tableRow) addBuckets(edges []time.Time) {
	if len(edges) == 0 {
		return
	}
	r.Buckets = make([]int64, len(edges)-1)
	for _, m := range r.matches {
		for i := range r.Buckets {
			if !m.time.Before(edges[i]) && m.time.Before(edges[i+1]) {
				r.Buckets[i]++
			}
		}
	}
}

// addAcross counts the row's sign-ins by column.
func (r *tableRow) addAcross(q store.TableQuery, columns map[string]int) {
	for _, m := range r.matches {
		values := tableValues(q, q.Across, m)
		if len(values) == 0 {
			r.None++
		}
		without := false
		for folded := range values {
			if column, ok := columns[folded]; ok {
				r.Cells[column]++
			} else {
				without = true
			}
		}
		if without {
			r.Rest++
		}
	}
}
