package segment

// Counter counts the rows of selections by the values of columns. It owns the arrays that this needs (about 2 MB), so a
// count allocates nothing per row. It is not safe for concurrent use: each goroutine has its own. Its zero value is ready.
//
// The functions it is given are called once per value or combination of values that occurs, in no particular order. They
// must not use the Counter.
type Counter struct {
	grouping
	// Tallies that take turns: rows of the same value mostly follow each other. Each addition to one tally would wait for
	// the addition before it.
	tallies [4][MaxRows]uint32
	ends    [MaxRows]ends
	columns [2]*Column
}

// ends are the first row of a group, plus one so that 0 means none, and the last one.
type ends struct{ first, last uint32 }

// fewGroups is up to how many groups all tallies are used; with more, the memory that they touch costs more than the
// waiting.
const fewGroups = 4096

// Count counts the selected rows by the value of a column.
func (k *Counter) Count(c *Column, s *Selection, add func(value, n int64)) {
	if s.Len() == 0 {
		return
	}
	if c.shape == constant {
		add(c.low, int64(s.Len()))
		return
	}
	k.columns[0] = c
	k.count(k.columns[:1], s, false, func(id int, n int64) { add(k.value(id), n) })
}

// Count2 counts the selected rows by the values of two columns.
func (k *Counter) Count2(a, b *Column, s *Selection, add func(a, b, n int64)) {
	k.columns = [2]*Column{a, b}
	var values [2]int64
	k.count(k.columns[:], s, false, func(id int, n int64) {
		k.values(id, values[:])
		add(values[0], values[1], n)
	})
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
	k.columns[0] = c
	k.count(k.columns[:1], s, true, func(id int, n int64) {
		add(k.value(id), n, int(k.ends[id].first)-1, int(k.ends[id].last))
	})
}

// Spans2 is Spans by the values of two columns.
func (k *Counter) Spans2(a, b *Column, s *Selection, add func(a, b, n int64, first, last int)) {
	k.columns = [2]*Column{a, b}
	var values [2]int64
	k.count(k.columns[:], s, true, func(id int, n int64) {
		k.values(id, values[:])
		add(values[0], values[1], n, int(k.ends[id].first)-1, int(k.ends[id].last))
	})
}

// Groups is Spans by the values of any number of columns. The slice is good during the call only.
func (k *Counter) Groups(columns []*Column, s *Selection, add func(values []int64, n int64, first, last int)) {
	values := make([]int64, len(columns))
	k.count(columns, s, true, func(id int, n int64) {
		k.values(id, values)
		add(values, n, int(k.ends[id].first)-1, int(k.ends[id].last))
	})
}

// count calls add for each group of the selected rows; with spans, ends has the group's first and last row then.
func (k *Counter) count(columns []*Column, s *Selection, spans bool, add func(id int, n int64)) {
	k.start(columns, s)
	defer k.finish()
	one, two, three, four := &k.tallies[0], &k.tallies[1], &k.tallies[2], &k.tallies[3]
	apart := k.dense && k.size <= fewGroups
	if !apart {
		three, four = one, two
	}
	k.empty(0, k.known(), apart, spans)
	for at := 0; at < s.Len(); at += blockRows {
		known := k.known()
		ids := k.block(s, at)
		k.empty(known, k.known(), apart, spans)
		if spans {
			k.see(s, at, ids)
		}
		for len(ids) >= 4 {
			one[ids[0]]++
			two[ids[1]]++
			three[ids[2]]++
			four[ids[3]]++
			ids = ids[4:]
		}
		for _, id := range ids {
			one[id]++
		}
	}
	for id := range k.known() {
		n := int64(one[id]) + int64(two[id])
		if apart {
			n += int64(three[id]) + int64(four[id])
		}
		if n != 0 {
			add(id, n)
		}
	}
}

// empty clears the places of new groups.
func (k *Counter) empty(from, to int, apart, spans bool) {
	tallies := k.tallies[:2]
	if apart {
		tallies = k.tallies[:]
	}
	for i := range tallies {
		clear(tallies[i][from:to])
	}
	if spans {
		clear(k.ends[from:to])
	}
}

// see notes first and last rows. Rows come in ascending order, so the last one is only ever written, not compared.
func (k *Counter) see(s *Selection, at int, ids []uint16) {
	if s.all {
		row := uint32(s.from + at)
		for _, id := range ids {
			ends := &k.ends[id]
			if ends.first == 0 {
				ends.first = row + 1
			}
			ends.last = row
			row++
		}
		return
	}
	rows := s.rows[at : at+len(ids)]
	for i, id := range ids {
		ends := &k.ends[id]
		row := uint32(rows[i])
		if ends.first == 0 {
			ends.first = row + 1
		}
		ends.last = row
	}
}
