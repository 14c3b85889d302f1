package sqlite

import (
	"context"
	"errors"
	"fmt"

	"signpost/store/sqlite/segment"
)

// part is rows of one log in the order of their keys, as columns. It is a sealed segment of cols.db, or rows in memory that
// are not sealed yet. A part never changes. Where a row was replaced or taken away, a copy of the part with another dead is
// used. Parts may overlap in time: no key is alive in two of them.
type part struct {
	// id is the segment's number, or a negative one that no other part in memory ever had.
	id     int64
	table  *table
	rows   int
	lo, hi rowKey
	layout layout
	// bounds are the smallest and largest value of each slot of the layout.
	bounds []bounds
	dead   *rowSet // nil: every row counts
	memory *memory // nil for a segment
}

type bounds struct{ lo, hi int64 }

// memory is the content of a part that is not sealed.
type memory struct {
	keys    *segment.Keys
	columns []memoryColumn // by slot
}

// memoryColumn is a column or a column of lists.
type memoryColumn struct {
	*segment.Column
	lists *segment.Lists
}

func (c memoryColumn) bounds() bounds {
	if c.lists != nil {
		return bounds{c.lists.Min(), c.lists.Max()}
	}
	return bounds{c.Min(), c.Max()}
}

// listColumn gives the column of lists that has a number; nil where that is another column's.
func (s *kindSchema) listColumn(number int) *column {
	if number < len(s.columns) && s.columns[number].list != nil {
		return s.columns[number]
	}
	return nil
}

// alive says how many rows count.
func (p *part) alive() int { return p.rows - p.dead.len() }

// overlaps says whether the part may have rows in [from, to).
func (p *part) overlaps(from, to rowKey) bool { return p.lo < to && p.hi >= from }

// layout says which columns a part has: that many property columns, the first of store.Properties, and behind them the
// derived columns. Properties are only ever added at the end, so a segment of an older version of the program has the
// beginning of today's columns. The others are empty in its rows until these are read again: see refill.
type layout int

// today is the layout of the parts that this version of the program makes.
func (s *kindSchema) today() layout { return layout(len(s.columns)) }

// slot gives the place of a column among a part's; ok is false where the part was made without it.
func (l layout) slot(column int) (slot int, ok bool) {
	if column >= firstDerived {
		return int(l) + column - firstDerived, true
	}
	return column, column < int(l)
}

// slots is how many columns a part has.
func (l layout) slots() int { return int(l) + derivedEnd - firstDerived }

// columnAt is the way back from a slot.
func (l layout) columnAt(slot int) int {
	if slot >= int(l) {
		return firstDerived + slot - int(l)
	}
	return slot
}

// keysSlot is the slot under which cols.db keeps a segment's keys.
const keysSlot = 255

// source is a part as a scan reads it.
type source struct {
	*part
	db    *DB
	ctx   context.Context
	piece int // the number of the piece, from 1 on; wholePart; cutPiece
}

// sourceOf gives a whole part to read.
func sourceOf(ctx context.Context, p *part, db *DB) source { return source{part: p, db: db, ctx: ctx} }

var (
	_ segment.Source  = source{}
	_ segment.Bounded = source{}
)

// Rows is the number of rows, dead ones included.
func (s source) Rows() int { return s.rows }

// Bounds gives the smallest and largest value of a column.
func (s source) Bounds(column int) (lo, hi int64, ok bool) {
	b := s.boundsOf(column)
	return b.lo, b.hi, true
}

// boundsOf gives the bounds of a column: it is empty in all rows of a part that was made without it.
func (p *part) boundsOf(column int) bounds {
	slot, ok := p.layout.slot(column)
	if !ok {
		return bounds{}
	}
	return p.bounds[slot]
}

// Column gives a column, from memory or cols.db.
func (s source) Column(column int) (*segment.Column, error) {
	if b := s.boundsOf(column); b.lo == b.hi {
		return segment.NewConstant(b.lo, s.rows), nil
	}
	slot, _ := s.layout.slot(column)
	if s.memory != nil {
		return s.memory.columns[slot].Column, nil
	}
	return s.db.cache.Get(s.id, slot, func() (*segment.Column, error) {
		return load(s, slot, segment.Decode)
	})
}

// Lists gives a column of lists, from memory or cols.db.
func (s source) Lists(column int) (*segment.Lists, error) {
	if b := s.boundsOf(column); b.lo == b.hi {
		return segment.NewConstantLists(b.lo, s.rows), nil
	}
	slot, _ := s.layout.slot(column)
	if s.memory != nil {
		return s.memory.columns[slot].lists, nil
	}
	return s.db.cache.Lists(s.id, slot, func() (*segment.Lists, error) {
		return load(s, slot, segment.DecodeLists)
	})
}

// Keys gives the keys of the rows.
func (s source) Keys() (*segment.Keys, error) {
	if s.memory != nil {
		return s.memory.keys, nil
	}
	return s.db.cache.Keys(s.id, func() (*segment.Keys, error) {
		return load(s, keysSlot, segment.DecodeKeys)
	})
}

// errLostSegment says that cols.db does not hold a segment as it should.
type errLostSegment struct {
	part  *part
	cause error
}

func (e errLostSegment) Error() string {
	return fmt.Sprintf("segment %d of the %s log cannot be used: %v", e.part.id, e.part.table.log, e.cause)
}

func (e errLostSegment) Unwrap() error { return e.cause }

// load reads one column, or the keys, of a segment. That it is not there, or damaged, is errLostSegment.
func load[T any](s source, slot int, decode func([]byte, int, *segmentDecoder) (T, error)) (T, error) {
	var none T
	packed, err := s.db.cols.read(s.ctx, s.id, slot)
	if err == nil {
		var value T
		if value, err = decode(packed, s.rows, s.db.cols.decoder); err == nil {
			return value, nil
		}
	}
	if errors.Is(err, errNoColumn) || errors.Is(err, segment.ErrDamaged) {
		err = errLostSegment{part: s.part, cause: err}
	}
	return none, err
}

// between gives the rows with keys in [from, to): row numbers, the last not included.
func (s source) between(from, to rowKey) (first, last int, err error) {
	if s.lo >= from && s.hi < to {
		return 0, s.rows, nil
	}
	keys, err := s.Keys()
	if err != nil {
		return 0, 0, err
	}
	return keys.Find(int64(from)), keys.Find(int64(to)), nil
}
