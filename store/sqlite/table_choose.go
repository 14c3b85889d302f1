package sqlite

import (
	"slices"

	"signpost/store"
)

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

// has says that a bin counts in a row of the table.
func (t *tableCount) has(by *axis, bin int64) bool {
	numbers := t.by.of(by, bin)
	if t.only == nil {
		return len(numbers) > 0
	}
	return slices.ContainsFunc(numbers, func(number int32) bool { return t.only[number] })
}
