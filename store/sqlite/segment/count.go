package segment

// Counter counts the rows of selections by the values of columns. It owns the arrays that needs, so that a count
// allocates nothing per row; it is not safe for concurrent use (one per goroutine), and its zero value is ready.
//
// The functions it is given are called once per value or combination of values that occurs, in no particular order,
// and must not use the Counter.
type Counter struct {
	grouping
	// Two tallies that take turns: where one value follows another of the same kind, as they mostly do, adding to the
	// same place would wait for the addition before it.
	even, odd [MaxRows]uint32
	spans     [MaxRows]tally
	one       [1]*Column
	two       [2]*Column
}

// tally is how many rows a group has, its first and its last one.
type tally struct{ n, first, last uint32 }

// Count counts the selected rows by the value of a column.
func (k *Counter) Count(c *Column, s *Selection, add func(value, n int64)) {
	if s.Len() == 0 {
		return
	}
	if c.shape == constant {
		add(c.low, int64(s.Len()))
		return
	}
	k.one[0] = c
	k.count(k.one[:], s, func(id int, n int64) { add(k.value(id), n) })
	k.one[0] = nil
}

// Count2 counts the selected rows by the values of two columns.
func (k *Counter) Count2(a, b *Column, s *Selection, add func(a, b, n int64)) {
	if s.Len() == 0 {
		return
	}
	k.two = [2]*Column{a, b}
	var values [2]int64
	k.count(k.two[:], s, func(id int, n int64) {
		k.values(id, values[:])
		add(values[0], values[1], n)
	})
	k.two = [2]*Column{}
}

// Spans counts the selected rows by the value of a column and finds each value's first and last row.
func (k *Counter) Spans(c *Column, s *Selection, add func(value, n int64, first, last int)) {
	if s.Len() == 0 {
		return
	}
	if c.shape == constant {
		add(c.low, int64(s.Len()), s.At(0), s.At(s.Len()-1))
		return
	}
	k.one[0] = c
	k.span(k.one[:], s, func(id int, t tally) { add(k.value(id), int64(t.n), int(t.first), int(t.last)) })
	k.one[0] = nil
}

// Spans2 is Spans by the values of two columns.
func (k *Counter) Spans2(a, b *Column, s *Selection, add func(a, b, n int64, first, last int)) {
	if s.Len() == 0 {
		return
	}
	k.two = [2]*Column{a, b}
	var values [2]int64
	k.span(k.two[:], s, func(id int, t tally) {
		k.values(id, values[:])
		add(values[0], values[1], int64(t.n), int(t.first), int(t.last))
	})
	k.two = [2]*Column{}
}

// Groups is Spans by the values of any number of columns. The slice is good during the call only.
func (k *Counter) Groups(columns []*Column, s *Selection, add func(values []int64, n int64, first, last int)) {
	if s.Len() == 0 {
		return
	}
	values := make([]int64, len(columns))
	k.span(columns, s, func(id int, t tally) {
		k.values(id, values)
		add(values, int64(t.n), int(t.first), int(t.last))
	})
}

// count calls add for each group of the selected rows.
func (k *Counter) count(columns []*Column, s *Selection, add func(id int, n int64)) {
	k.start(columns, s)
	if k.dense {
		clear(k.even[:k.size])
		clear(k.odd[:k.size])
	}
	for at := 0; at < s.Len(); at += blockRows {
		known := k.known()
		ids := k.block(s, at)
		if !k.dense {
			clear(k.even[known:k.known()])
			clear(k.odd[known:k.known()])
		}
		for len(ids) >= 4 {
			k.even[ids[0]]++
			k.odd[ids[1]]++
			k.even[ids[2]]++
			k.odd[ids[3]]++
			ids = ids[4:]
		}
		for _, id := range ids {
			k.even[id]++
		}
	}
	for id := range k.known() {
		if n := int64(k.even[id]) + int64(k.odd[id]); n != 0 {
			add(id, n)
		}
	}
	k.finish()
}

// span calls add for each group of the selected rows.
func (k *Counter) span(columns []*Column, s *Selection, add func(id int, t tally)) {
	k.start(columns, s)
	if k.dense {
		clear(k.spans[:k.size])
	}
	for at := 0; at < s.Len(); at += blockRows {
		known := k.known()
		ids := k.block(s, at)
		if !k.dense {
			clear(k.spans[known:k.known()])
		}
		if s.all {
			for i, id := range ids {
				k.spans[id].see(uint32(s.from + at + i))
			}
			continue
		}
		rows := s.rows[at : at+len(ids)]
		for i, id := range ids {
			k.spans[id].see(uint32(rows[i]))
		}
	}
	for id := range k.known() {
		if t := k.spans[id]; t.n != 0 {
			add(id, t)
		}
	}
	k.finish()
}

// see adds a row, which comes after those seen before.
func (t *tally) see(row uint32) {
	if t.n == 0 {
		t.first = row
	}
	t.last = row
	t.n++
}
