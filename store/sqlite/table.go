package sqlite

import (
	"context"
	"fmt"
	"slices"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// Table counts sign-ins by the values of a field; see store.Reader. The rows are counted in one scan. Those of the page alone
// are then counted by the field across, and their distinct values: one scan each.
func (db *DB) Table(ctx context.Context, q store.TableQuery) (store.Table, error) {
	for _, f := range q.Fields() {
		if !f.Facetable() {
			return store.Table{}, fmt.Errorf("%s: %w", f.Name, store.ErrNoFacet)
		}
	}
	if err := q.Check(); err != nil {
		return store.Table{}, err
	}
	var table store.Table
	err := db.read(ctx, func(v *view) error {
		t, err := v.newTable(ctx, q)
		if err == nil {
			table, err = t.count()
		}
		return err
	})
	return table, err
}

// tableCount is the making of a table.
type tableCount struct {
	*view
	ctx  context.Context
	q    store.TableQuery
	logs []*tableLog
	by   *axes
	bins [][]tallied // of each axis

	rows  []tableRow
	rowOf map[int32]int // the rows of the page by the number of the value; nil where every value has one
	// only says which values have a row, by their numbers; nil for all.
	only map[int32]bool
	// labelled are the places of the rows by label, by the number of the value; nil where they are sorted otherwise.
	labelled []store.TablePlace
}

// tableLog is one log of a table.
type tableLog struct {
	asked question
	plan  *plan // nil for a log whose records do not know the field of the rows
}

// tableRow is a row before it is one for the outside.
type tableRow struct {
	store.TableRow
	tallied
}

func (v *view) newTable(ctx context.Context, q store.TableQuery) (*tableCount, error) {
	if len(q.Logs) == 0 {
		for _, info := range q.By.Kind().Logs {
			q.Logs = append(q.Logs, info.Log)
		}
	}
	t := &tableCount{view: v, ctx: ctx, q: q}
	for _, log := range q.Logs {
		asked, err := v.db.question(store.ListQuery{Log: log, Range: q.Range, Filter: q.Filter, AllEvents: q.AllEvents})
		if err == nil {
			err = asked.table.info.Refuse(store.Filter{}, q.Fields()...)
		}
		if err != nil {
			return nil, err
		}
		t.logs = append(t.logs, &tableLog{asked: asked})
	}
	t.by = v.newAxes(ctx, q.By, t.logs)
	for _, by := range t.by.all {
		by.each = q.Items
	}
	for i, log := range t.logs {
		if t.by.byLog[i] == nil {
			continue
		}
		p, err := v.plan(ctx, &log.asked)
		if err != nil {
			return nil, err
		}
		p.keepFewOf(log.asked) // before what is required of this table alone
		log.plan = p
	}
	return t, nil
}

// eachLog calls a function for the logs that know the field of the rows, with a plan of their sign-ins that have a value.
func (t *tableCount) eachLog(call func(i int, log *tableLog, by *axis, p *plan) error) error {
	for i, log := range t.logs {
		by := t.by.byLog[i]
		if by == nil {
			continue
		}
		p := log.plan.with(by.some())
		if err := call(i, log, by, p); err != nil {
			return fmt.Errorf("count %s sign-ins by %s: %w", log.asked.table.log, t.q.By.Name, err)
		}
	}
	return nil
}

func (t *tableCount) count() (store.Table, error) {
	t.bins = make([][]tallied, len(t.by.all))
	for i, by := range t.by.all {
		t.bins[i] = make([]tallied, by.codes)
	}
	err := t.eachLog(func(i int, log *tableLog, by *axis, p *plan) error {
		return t.countBins(t.ctx, log.asked, p, by, by.name(), &t.bins[slices.Index(t.by.all, by)])
	})
	if err != nil {
		return store.Table{}, err
	}
	table := store.Table{Complete: t.completeLogs(t.q.Logs, t.q.Range)}
	if err := t.choose(&table); err != nil {
		return store.Table{}, err
	}
	t.fill()
	if t.q.Across != nil {
		if err := t.countAcross(&table); err != nil {
			return store.Table{}, err
		}
	}
	if t.q.NamesNewest {
		if err := t.nameNewest(); err != nil {
			return store.Table{}, err
		}
	}
	if len(t.q.Edges) > 0 {
		if err := t.countBuckets(); err != nil {
			return store.Table{}, err
		}
	}
	for i, f := range t.q.Distinct {
		counts, err := t.countDistinct(f)
		if err != nil {
			return store.Table{}, err
		}
		for at := range t.rows {
			t.rows[at].Distinct[i] = counts[int32(at)]
		}
	}
	for i := range t.rows {
		row := &t.rows[i]
		row.Counts = row.forOutside()
		table.Rows = append(table.Rows, row.TableRow)
	}
	return table, nil
}

// eachBin calls a function for the bins that have sign-ins, with the numbers of their values.
func (t *tableCount) eachBin(call func(by *axis, bin int64, of *tallied, numbers []int32)) {
	for i, by := range t.by.all {
		for bin := range t.bins[i] {
			if of := &t.bins[i][bin]; of.total() > 0 {
				call(by, int64(bin), of, t.by.of(by, int64(bin)))
			}
		}
	}
}

// nameNewest gives each row of the page its newest sign-in.
func (t *tableCount) nameNewest() error {
	for _, log := range t.logs {
		table := log.asked.table
		var keys []rowKey
		var of []*tableRow
		for i := range t.rows {
			if row := &t.rows[i]; int(row.log) == table.place {
				keys, of = append(keys, row.last), append(of, row)
			}
		}
		if len(keys) == 0 {
			continue
		}
		newest, err := t.view.rows(t.ctx, table, keys, false)
		if err != nil {
			return fmt.Errorf("read the newest %s sign-ins: %w", table.log, err)
		}
		for i, row := range of {
			head := newest[i].Entry.Head()
			row.Newest = store.Ref{Log: head.Log, ID: head.ID, Near: head.Time}
		}
	}
	return nil
}

// fill adds up the rows of the page.
func (t *tableCount) fill() {
	t.eachBin(func(by *axis, bin int64, of *tallied, numbers []int32) {
		for i, number := range numbers {
			at, ok := t.rowOf[number]
			if !ok {
				continue
			}
			row := &t.rows[at]
			if text := by.spelled(bin, i); row.total() == 0 || text < row.Value {
				row.Value = text
			}
			isNewest := row.total() == 0 || compareNewest(of.last, of.log, row.last, row.log) > 0
			row.add(of)
			if !isNewest {
				continue
			}
			row.Label, row.Username, row.IsName = "", "", by.isName(bin)
			if by.label != nil && !row.IsName {
				row.Label = by.label.words.text(int64(of.name))
			}
			if by.username != nil {
				row.Username = by.username.words.text(int64(of.username))
			}
		}
	})
}

// rowsOf gives the rows of the page, or of all, that a bin counts in.
func (t *tableCount) rowsOf(by *axis, bin int64, dst []int32) []int32 {
	for _, number := range t.by.of(by, bin) {
		if t.rowOf == nil {
			dst = append(dst, number)
		} else if at, ok := t.rowOf[number]; ok {
			dst = append(dst, int32(at))
		}
	}
	return dst
}

// with gives a plan that requires a clause more.
func (p *plan) with(c segment.Clause) *plan {
	next := *p
	next.any = slices.Clone(p.any)
	next.require(c)
	return &next
}
