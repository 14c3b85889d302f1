package ask

import (
	"cmp"
	"encoding/hex"
	"slices"

	"signpost/store"
)

// heldRows gives a page of rows that are all in memory, in the order of the query. Rows without the number that they are sorted by
// come last in both directions. Equal ones are in the order of their names, then of their IDs. A file has all of them at once.
func heldRows(q *InsightQuery, rows []InsightRow) *InsightRows {
	type placed struct {
		row   *InsightRow
		place store.TablePlace
	}
	list := make([]placed, len(rows))
	for i := range rows {
		list[i] = placed{&rows[i], placeOf(q, &rows[i])}
	}
	compare := func(p placed, at store.TablePlace) int {
		return cmp.Or(cmp.Compare(p.place.N, at.N), cmp.Compare(p.place.Value, at.Value))
	}
	slices.SortStableFunc(list, func(a, b placed) int { return compare(a, b.place) })
	page := &InsightRows{Total: int64(len(rows)), Complete: true}
	if q.inFile {
		for _, p := range list {
			page.Rows = append(page.Rows, *p.row)
		}
		return page
	}
	from := 0
	if q.After != nil {
		at, found := slices.BinarySearchFunc(list, *q.After, compare)
		if from = at; found {
			from++
		}
	}
	for _, p := range list[from:min(len(list), from+q.Limit)] {
		page.Rows = append(page.Rows, *p.row)
	}
	if to := from + q.Limit; to < len(list) {
		page.Next = &list[to-1].place
	}
	return page
}

// placeOf is a row's place in the order of a query: the lowest comes first.
func placeOf(q *InsightQuery, row *InsightRow) store.TablePlace {
	const last = int64(1) << 62
	name := store.FoldCase(cmp.Or(row.Name, row.ID)) + "\x00" + row.ID
	if q.Sort == q.List.Columns[0] {
		if q.Reverse {
			return store.TablePlace{Value: backwards(name)}
		}
		return store.TablePlace{Value: name}
	}
	cell := q.List.Cell(row.Cells, q.Sort)
	n := cell.N
	switch q.Sort.Unit {
	case InPercent:
		n = store.Rate{N: cell.N, Of: cell.Of}.Order()
		cell.Unknown = cell.Unknown || cell.Of == 0
	case InRatio:
		n = store.Rate{N: cell.N, Of: cell.Of}.RatioOrder()
		cell.Unknown = cell.Unknown || cell.Of == 0
	case InTime:
		n = cell.Time.UnixMicro()
	case InText:
		text := store.FoldCase(cell.Text)
		switch {
		case cell.Unknown || text == "":
			return store.TablePlace{N: last, Value: name}
		case q.Reverse:
			return store.TablePlace{Value: backwards(text) + "\x00" + name}
		}
		return store.TablePlace{Value: text + "\x00" + name}
	}
	switch {
	case cell.Unknown:
		return store.TablePlace{N: last, Value: name}
	case q.Reverse == q.Sort.RisesFirst:
		n = -n
	}
	return store.TablePlace{N: n, Value: name}
}

// backwards gives a text that comes the earlier the later the other one comes.
func backwards(text string) string {
	b := []byte(text)
	for i := range b {
		b[i] = ^b[i]
	}
	return hex.EncodeToString(append(b, 0xff))
}
