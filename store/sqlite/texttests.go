package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"signpost/store"
	"signpost/store/sqlite/segment"
)

// Texts that stand in rows alone (store.Property.InRow) are compared row by row: each part is read once for a filter, and
// which of its rows pass is kept.

// textTests are what a filter asks of such texts. All of them must hold.
type textTests struct {
	view  *view
	table *table
	name  string // tells these tests from others
	tests []textTest
}

// textTest is what is asked of one field.
type textTest struct {
	columns []*column
	any     []textCondition // one of them must hold, where there are some
	all     []textCondition
}

type textCondition struct {
	passes func(text string) bool
	not    bool
}

// planTexts adds what a filter asks of a field with texts that stand in rows alone. It gives false for a field without such,
// and where a look at the columns is enough.
func (v *view) planTexts(p *plan, q *question, clause store.Clause, columns []*column) bool {
	takesValue := func(c store.Condition) bool { return c.Op.TakesValue() }
	if !clause.Field.ReadsRows() || !slices.ContainsFunc(clause.Any, takesValue) && !slices.ContainsFunc(clause.All, takesValue) {
		return false
	}
	if p.texts == nil {
		p.texts = &textTests{view: v, table: q.table}
	}
	test := textTest{columns: columns}
	needsText := len(clause.Any) > 0
	for _, c := range clause.Any {
		test.any = append(test.any, textCondition{c.TextMatcher(), c.Op.Inverted()})
		needsText = needsText && !c.Op.Inverted()
	}
	for _, c := range clause.All {
		test.all = append(test.all, textCondition{c.TextMatcher(), c.Op.Inverted()})
	}
	for _, c := range slices.Concat(clause.Any, clause.All) {
		p.texts.name += fmt.Sprintf("%s %q ", c.Param(), c.Values)
	}
	p.texts.tests = append(p.texts.tests, test)
	if needsText {
		var terms []segment.Term
		for _, c := range columns {
			terms = append(terms, segment.Term{Column: c.index, Set: someValue})
		}
		p.require(segment.Clause{Terms: terms})
	}
	return true
}

// textsReadAlone is up to how many rows are looked at by themselves. Of more the whole part is read, and what is found is kept.
const textsReadAlone = 512

// narrow keeps the selected rows of a part that pass.
func (t *textTests) narrow(s source, selected *segment.Selection) error {
	if t == nil || selected.Len() == 0 {
		return nil
	}
	var passing rowBits
	var err error
	if rows := selected.AppendRows(nil); len(rows) <= textsReadAlone {
		passing, err = t.read(s, rows)
	} else {
		name := answerName{what: "texts", filter: t.name, segment: s.id, dead: s.dead.len()}
		passing, err = answer(s.db.answers, name, func() (rowBits, error) { return t.read(s, nil) }, func(b rowBits) int { return 8 * len(b) })
	}
	if err != nil {
		return fmt.Errorf("compare texts of the %s log: %w", t.table.log, err)
	}
	selected.Keep(passing.has)
	return nil
}

// rowBits has a bit for each row of a part: 1 where the row passes.
type rowBits []uint64

func (b rowBits) has(row int) bool { return b[row/64]&(1<<(row%64)) != 0 }

// read gives the rows of a part that pass, of the given ones or of all.
func (t *textTests) read(s source, only []uint16) (rowBits, error) {
	keys, err := s.Keys()
	if err != nil {
		return nil, err
	}
	passing := make(rowBits, (s.rows+63)/64)
	if only == nil && s.memory == nil {
		found, err := t.view.tx.QueryContext(s.ctx, "SELECT k, fields FROM "+t.table.name+" WHERE k >= ? AND k <= ? ORDER BY k", int64(s.lo), int64(s.hi))
		return passing, t.take(s.ctx, found, err, keys, passing)
	}
	var list []int64
	switch {
	case only == nil:
		for row := range s.rows {
			list = append(list, keys.At(row))
		}
	default:
		for _, row := range only {
			list = append(list, keys.At(int(row)))
		}
	}
	found, err := t.view.tx.QueryContext(s.ctx, "SELECT k, fields FROM "+t.table.name+" WHERE k IN (SELECT value FROM json_each(?)) ORDER BY k", jsonList(list))
	return passing, t.take(s.ctx, found, err, keys, passing)
}

// take compares the rows that a query found, and sets the bits of those that pass.
func (t *textTests) take(ctx context.Context, found *sql.Rows, err error, keys *segment.Keys, passing rowBits) error {
	if err != nil {
		return err
	}
	defer found.Close()
	kind := t.table.kind
	values, lists := make([]int64, len(kind.columns)), make([][]byte, kind.lengths())
	var fields sql.RawBytes
	for k := int64(0); found.Next(); {
		if err := found.Scan(&k, &fields); err != nil {
			return err
		}
		row := keys.Find(k)
		if row >= keys.Len() || keys.At(row) != k {
			continue // of another part
		}
		if err := kind.readFields(fields, values, lists); err != nil {
			return errDamagedRow(t.table, k)
		}
		if t.pass(values, lists) {
			passing[row/64] |= 1 << (row % 64)
		}
	}
	if err := found.Err(); err != nil {
		return err
	}
	return ctx.Err()
}

// pass says whether a row passes all tests.
func (t *textTests) pass(values []int64, lists [][]byte) bool {
	for i := range t.tests {
		test := &t.tests[i]
		holds := func(c textCondition) bool {
			return slices.ContainsFunc(test.columns, func(column *column) bool {
				text := column.textOf(values, lists)
				return text != "" && c.passes(text)
			}) != c.not
		}
		if len(test.any) > 0 && !slices.ContainsFunc(test.any, holds) {
			return false
		}
		for _, c := range test.all {
			if !holds(c) {
				return false
			}
		}
	}
	return true
}

// textOf gives the text of a row in a column.
func (c *column) textOf(values []int64, lists [][]byte) string {
	switch {
	case c.inRow:
		return string(lists[c.listed])
	case c.words == nil:
		return ""
	}
	return shownText(c.words.text(values[c.index]))
}
