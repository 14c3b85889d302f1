package sqlite

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"signpost/store"
	"signpost/store/dbfile"
	"signpost/store/sqlite/segment"
)

// readPart reads the rows of some ascending keys as a part in memory; nil where there is none any more.
func (db *DB) readPart(ctx context.Context, tx dbfile.Querier, t *table, keys []rowKey) (*part, error) {
	numbers := make([]int64, len(keys))
	for i, k := range keys {
		numbers[i] = int64(k)
	}
	query := "SELECT " + rowColumns + ", 0, 0, 0 FROM " + t.name + " WHERE k IN (SELECT value FROM json_each(?)) ORDER BY k"
	if t.info.Folds {
		query = "SELECT " + qualified("r", rowColumns) + ", f.k IS NOT NULL, coalesce(l.mfa, 0), coalesce(l.errors, 0) FROM " + t.name +
			" AS r LEFT JOIN folded AS f USING (k) LEFT JOIN lines AS l USING (k) WHERE r.k IN (SELECT value FROM json_each(?)) ORDER BY r.k"
	}
	rows, err := tx.QueryContext(ctx, query, jsonList(numbers))
	if err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	defer rows.Close()
	build := newPartBuilder(t.kind, len(keys))
	reader := newRowReader(t.kind)
	var folded, lineMFA, lineErrors int64
	reader.targets = append(reader.targets, &folded, &lineMFA, &lineErrors)
	for rows.Next() {
		if err := reader.scan(rows); err != nil {
			return nil, err
		}
		row := reader.columnRow()
		row.folded, row.lineMFA, row.lineErrors = folded, lineMFA, lineErrors
		if err := build.add(&row); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return build.part(db, t)
}

// partBuilder takes rows and makes their columns.
type partBuilder struct {
	kind   *kindSchema
	keys   []int64
	values [][]int64 // by slot; of a column of lists the numbers of the lists
	lists  []segment.ListTable
}

func newPartBuilder(s *kindSchema, rows int) *partBuilder {
	b := &partBuilder{kind: s, keys: make([]int64, 0, rows), values: make([][]int64, s.today().slots()), lists: make([]segment.ListTable, len(s.lists))}
	all := make([]int64, rows*len(b.values))
	for i := range b.values {
		b.values[i] = all[i*rows : i*rows : (i+1)*rows]
	}
	return b
}

// columnRow is a row as its columns have it.
type columnRow struct {
	k, late                      int64    // see rowCells
	values                       []int64  // of the property columns
	lists                        [][]byte // of the columns of lists
	status                       int64
	ingested                     store.Int // microseconds after the sign-in
	folded, lineMFA, lineErrors  int64
	request                      []byte
	correlation, session, unique []byte // nil where absent
}

// columnRow gives what was scanned.
func (r *rowReader) columnRow() columnRow {
	return columnRow{
		k: r.k, late: r.late(), values: r.values, lists: r.lists, status: r.fixed.status, ingested: store.Int{N: r.fixed.ingested.Int64, Set: r.fixed.ingested.Valid},
		request: r.blobs[0], correlation: r.blobs[1], session: r.blobs[2], unique: r.blobs[3],
	}
}

func (b *partBuilder) add(r *columnRow) error {
	b.keys = append(b.keys, r.k)
	for i, v := range r.values {
		b.values[i] = append(b.values[i], v)
	}
	for i, c := range b.kind.lists {
		number, err := b.lists[i].NumberOfText(r.lists[i])
		if err != nil {
			return fmt.Errorf("%w: %w", errDamagedFields, err)
		}
		b.values[c.index][len(b.keys)-1] = number
	}
	var ingested int64
	if r.ingested.Set {
		ingested = ingestedValue(r.k>>12 - r.late + r.ingested.N)
	}
	derived := [...]int64{
		columnStatus - firstDerived:      r.status,
		columnIngested - firstDerived:    ingested,
		columnFolded - firstDerived:      r.folded,
		columnLineMFA - firstDerived:     r.lineMFA,
		columnLineErrors - firstDerived:  r.lineErrors,
		columnRequest - firstDerived:     idValue(r.request),
		columnCorrelation - firstDerived: idValue(r.correlation),
		columnSession - firstDerived:     idValue(r.session),
		columnToken - firstDerived:       idValue(r.unique),
	}
	for i, v := range derived {
		slot, _ := b.kind.today().slot(firstDerived + i)
		b.values[slot] = append(b.values[slot], v)
	}
	return nil
}

// sort brings the rows into the order of their keys.
func (b *partBuilder) sort() {
	if slices.IsSorted(b.keys) {
		return
	}
	order := make([]int, len(b.keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(b.keys[i], b.keys[j]) })
	sorted := make([]int64, len(order))
	for _, values := range append(slices.Clone(b.values), b.keys) {
		for to, from := range order {
			sorted[to] = values[from]
		}
		copy(values, sorted)
	}
}

// idValue gives the first 32 bits of an id and 1; 0 where it is absent.
func idValue(id []byte) int64 {
	if len(id) < 4 {
		return 0
	}
	return int64(binary.BigEndian.Uint32(id)) + 1
}

// part makes the part; nil where no row was taken.
func (b *partBuilder) part(db *DB, t *table) (*part, error) {
	if len(b.keys) == 0 {
		return nil, nil
	}
	keys, err := segment.NewKeys(b.keys)
	if err != nil {
		return nil, err
	}
	var builder segment.Builder
	columns := make([]memoryColumn, len(b.values))
	for slot, values := range b.values {
		if c := b.kind.listColumn(b.kind.today().columnAt(slot)); c != nil {
			columns[slot].lists = b.lists[c.listed].Lists(values, &builder)
		} else {
			columns[slot].Column = builder.Column(values)
		}
	}
	return db.memoryPart(t, keys, columns), nil
}

func (db *DB) memoryPart(t *table, keys *segment.Keys, columns []memoryColumn) *part {
	p := &part{
		id: -db.memoryParts.Add(1), table: t, rows: keys.Len(), lo: rowKey(keys.At(0)), hi: rowKey(keys.At(keys.Len() - 1)),
		layout: t.kind.today(), bounds: make([]bounds, len(columns)), memory: &memory{keys: keys, columns: columns},
	}
	for slot, c := range columns {
		p.bounds[slot] = c.bounds()
	}
	return p
}

// place is a row of one of some parts.
type place struct {
	key       int64
	part, row int32
}

// join makes parts in memory of the rows that count of some parts, up to sizes.segment rows each. A made that is not nil
// takes each as it is made.
func (db *DB) join(ctx context.Context, parts []*part, made func(*part) error) ([]*part, error) {
	order, err := db.mergeKeys(ctx, parts)
	if err != nil {
		return nil, err
	}
	var joined []*part
	pieces := (len(order) + db.sizes.segment - 1) / db.sizes.segment
	for i := range pieces {
		// Pieces of equal size: a last one of a few rows would be a segment of its own.
		p, err := db.gather(ctx, parts, order[i*len(order)/pieces:(i+1)*len(order)/pieces])
		if err != nil {
			return nil, err
		}
		if made != nil {
			if err := made(p); err != nil {
				return nil, err
			}
		}
		joined = append(joined, p)
	}
	return joined, nil
}

// mergeKeys gives the places of the rows that count, by key.
func (db *DB) mergeKeys(ctx context.Context, parts []*part) ([]place, error) {
	lists := make([][]place, 0, len(parts))
	for i, p := range parts {
		if p.alive() == 0 {
			continue
		}
		keys, err := sourceOf(ctx, p, db).Keys()
		if err != nil {
			return nil, err
		}
		list := make([]place, 0, p.alive())
		for row := range p.rows {
			if !p.dead.has(row) {
				list = append(list, place{keys.At(row), int32(i), int32(row)})
			}
		}
		lists = append(lists, list)
	}
	for len(lists) > 1 {
		merged := make([][]place, 0, (len(lists)+1)/2)
		for i := 0; i < len(lists); i += 2 {
			if i+1 == len(lists) {
				merged = append(merged, lists[i])
				break
			}
			merged = append(merged, mergeTwo(lists[i], lists[i+1]))
		}
		lists = merged
	}
	if len(lists) == 0 {
		return nil, nil
	}
	return lists[0], nil
}

func mergeTwo(a, b []place) []place {
	merged := make([]place, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].key < b[0].key {
			merged, a = append(merged, a[0]), a[1:]
		} else {
			merged, b = append(merged, b[0]), b[1:]
		}
	}
	return append(append(merged, a...), b...)
}

// gather makes a part of the rows at some places.
func (db *DB) gather(ctx context.Context, parts []*part, order []place) (*part, error) {
	values := make([]int64, len(order))
	for i, at := range order {
		values[i] = at.key
	}
	keys, err := segment.NewKeys(values)
	if err != nil {
		return nil, err
	}
	var builder segment.Builder
	kind := parts[0].table.kind
	layout := kind.today()
	columns := make([]memoryColumn, layout.slots())
	whole := make([][]int64, len(parts))
	used := make([]bool, len(parts)) // of many small or empty parts a piece has rows of a few
	for _, at := range order {
		used[at.part] = true
	}
	var all segment.Selection
	for slot := range columns {
		number := layout.columnAt(slot)
		only, isOne := oneValue(parts, number)
		isList := kind.listColumn(number) != nil
		switch {
		case isOne && isList:
			columns[slot].lists = segment.NewConstantLists(only, len(order))
			continue
		case isOne:
			columns[slot].Column = segment.NewConstant(only, len(order))
			continue
		case isList:
			if columns[slot].lists, err = db.gatherLists(ctx, parts, order, number, values, &builder); err != nil {
				return nil, err
			}
			continue
		}
		for i, p := range parts {
			if !used[i] {
				continue
			}
			column, err := sourceOf(ctx, p, db).Column(number)
			if err != nil {
				return nil, err
			}
			all.Reset(0, p.rows)
			whole[i] = column.AppendValues(whole[i][:0], &all)
		}
		for i, at := range order {
			values[i] = whole[at.part][at.row]
		}
		columns[slot].Column = builder.Column(values)
	}
	return db.memoryPart(parts[0].table, keys, columns), nil
}

// gatherLists makes a column of lists of the rows at some places; values is room for as many numbers.
func (db *DB) gatherLists(ctx context.Context, parts []*part, order []place, column int, values []int64, builder *segment.Builder) (*segment.Lists, error) {
	var table segment.ListTable
	whole := make([]*segment.Lists, len(parts))
	numbers := make([][]int64, len(parts)) // by part and number there: the number in the table and 1
	var list []int64
	for i, at := range order {
		if whole[at.part] == nil {
			lists, err := sourceOf(ctx, parts[at.part], db).Lists(column)
			if err != nil {
				return nil, err
			}
			whole[at.part], numbers[at.part] = lists, make([]int64, lists.Count())
		}
		lists := whole[at.part]
		number := lists.Numbers().Value(int(at.row))
		if numbers[at.part][number] == 0 {
			list = lists.AppendList(list[:0], int(number))
			numbers[at.part][number] = table.Number(list) + 1
		}
		values[i] = numbers[at.part][number] - 1
	}
	return table.Lists(values, builder), nil
}

// oneValue says that a column has the same value in every row of all parts.
func oneValue(parts []*part, column int) (int64, bool) {
	first := parts[0].boundsOf(column)
	for _, p := range parts {
		if p.boundsOf(column) != first {
			return 0, false
		}
	}
	return first.lo, first.lo == first.hi
}
