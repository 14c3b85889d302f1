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

// sorted is a value and the number that its row is sorted by.
type sorted struct {
	n      int64
	number int32
	is     bool // there is such a row
}

// sort gives the number that each row is sorted by, by the number of its value.
func (t *tableCount) sort() ([]sorted, error) {
	list := make([]sorted, t.by.most())
	switch t.q.Sort {
	case store.ByFailureRate:
		t.sortByRate(list)
		return list, nil
	case store.ByLabel:
		t.sortByLabel(list)
		return list, nil
	}
	t.eachBin(func(_ *axis, _ int64, of *tallied, numbers []int32) {
		n := of.sortedBy(t.q.Sort)
		for _, number := range numbers {
			s := &list[number]
			switch {
			case !s.is:
				s.n = n
			case t.q.Sort == store.ByFirst:
				s.n = min(s.n, n)
			case t.q.Sort == store.ByLast:
				s.n = max(s.n, n)
			default:
				s.n += n
			}
			s.is, s.number = true, number
		}
	})
	if t.q.Sort < store.ByDistinct {
		return list, nil
	}
	counts, err := t.countDistinct(t.q.Distinct[t.q.Sort-store.ByDistinct])
	for number := range list {
		list[number].n = counts[int32(number)]
	}
	return list, err
}

// sortByRate gives rows the order of their failure rates. That of a row is of all its bins together.
func (t *tableCount) sortByRate(list []sorted) {
	sums := make([]store.Counts, len(list))
	t.eachBin(func(_ *axis, _ int64, of *tallied, numbers []int32) {
		for _, number := range numbers {
			list[number].is, list[number].number = true, number
			for s, n := range of.byStatus {
				sums[number].ByStatus[s] += int64(n)
			}
		}
	})
	for number := range list {
		list[number].n = sums[number].FailureRate().Order()
	}
}

// sortByLabel gives rows the order of the names on their newest sign-ins.
func (t *tableCount) sortByLabel(list []sorted) {
	type named struct {
		last rowKey
		log  int32
		text string
	}
	newest := make([]named, len(list))
	t.eachBin(func(by *axis, bin int64, of *tallied, numbers []int32) {
		for _, number := range numbers {
			n := &newest[number]
			if list[number].is && compareNewest(of.last, of.log, n.last, n.log) <= 0 {
				continue
			}
			list[number].is, list[number].number = true, number
			*n = named{last: of.last, log: of.log}
			if by.label != nil && !by.isName(bin) {
				n.text = by.label.words.text(int64(of.name))
			}
		}
	})
	t.labelled = make([]store.TablePlace, len(list))
	for number := range list {
		if list[number].is {
			t.labelled[number] = store.LabelPlace(newest[number].text, t.by.text(int32(number)))
		}
	}
}

// place is the place of a row in the table.
func (t *tableCount) place(s sorted) store.TablePlace {
	if t.labelled != nil {
		return t.labelled[s.number]
	}
	return store.TablePlace{N: s.n, Value: t.by.text(s.number)}
}

// sortedBy gives the number that a bin adds to a row's.
func (c *tallied) sortedBy(sort store.TableSort) int64 {
	switch {
	case sort == store.ByTotal:
		return c.total()
	case sort >= store.ByStatus && sort < store.ByDistinct:
		return int64(c.byStatus[sort-store.ByStatus])
	case sort == store.ByFirst:
		return c.first.Time().UnixMicro()
	case sort == store.ByLast:
		return c.last.Time().UnixMicro()
	}
	return 0
}

// choose makes the rows of the page, with nothing in them but their places.
func (t *tableCount) choose(table *store.Table) error {
	list, err := t.sort()
	if err != nil {
		return err
	}
	if !t.q.OlderThan.IsZero() {
		t.leaveOut(list)
	}
	if t.q.Only != nil {
		t.keepOnly(list)
	}
	least := leastOf{top: t.q.Limit + 1}
	weight := func(s sorted) int64 {
		if t.q.Reverse {
			return -s.n
		}
		return s.n
	}
	var page []sorted
	for _, s := range list {
		if !s.is {
			continue
		}
		table.Values++
		if full := len(least.largest) == least.top; full && weight(s) < least.largest[0] || t.q.After != nil && t.q.Compare(t.place(s), *t.q.After) <= 0 {
			continue
		}
		page = append(page, s)
		least.add(weight(s))
	}
	slices.SortFunc(page, func(a, b sorted) int { return t.q.Compare(t.place(a), t.place(b)) })
	if len(page) > t.q.Limit {
		page = page[:t.q.Limit]
		next := t.place(page[t.q.Limit-1])
		table.Next = &next
	}
	t.rows, t.rowOf = make([]tableRow, len(page)), make(map[int32]int, len(page))
	for i, s := range page {
		t.rowOf[s.number] = i
		t.rows[i].Distinct = make([]int64, len(t.q.Distinct))
	}
	return nil
}

// leaveOut takes the rows out that have a sign-in of OlderThan or later.
func (t *tableCount) leaveOut(list []sorted) {
	edge := firstKeyAt(t.q.OlderThan)
	t.eachBin(func(_ *axis, _ int64, of *tallied, numbers []int32) {
		for _, number := range numbers {
			list[number].is = list[number].is && of.last < edge
		}
	})
}

// keepOnly takes the rows out that nobody asks for.
func (t *tableCount) keepOnly(list []sorted) {
	folded := make(map[string]bool, len(t.q.Only))
	for _, value := range t.q.Only {
		folded[store.FoldCase(value)] = true
	}
	t.only = map[int32]bool{}
	for number := range list {
		if s := &list[number]; s.is {
			s.is = folded[t.by.text(int32(number))]
			if s.is {
				t.only[int32(number)] = true
			}
		}
	}
}

// has says that the table has a row in which a bin counts.
func (t *tableCount) has(by *axis, bin int64) bool {
	numbers := t.by.of(by, bin)
	if t.only == nil {
		return len(numbers) > 0
	}
	return slices.ContainsFunc(numbers, func(number int32) bool { return t.only[number] })
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
