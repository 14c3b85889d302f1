package segment

import "slices"

// Lists is one decoded list column of a segment: each row has a list of values, which are positive, ascending and not
// twice in it. Many rows have the same list, so each different one is kept once and a row has its number. It is
// immutable and safe for concurrent use.
type Lists struct {
	numbers *Column // by row: the number of its list, from 0 on without holes
	values  []int64 // the distinct values of all lists, ascending
	ends    []int   // by list: where its places end, which begin where those of the list before end

	// The lists one behind the other, each value as its place in values, in as few bits as that takes.
	places8  []uint8
	places16 []uint16
	places32 []uint32

	hasEmpty bool // a list is empty

	known knownLists
}

// Len is the number of rows.
func (l *Lists) Len() int { return l.numbers.Len() }

// Numbers gives the number of each row's list.
func (l *Lists) Numbers() *Column { return l.numbers }

// Count is how many different lists there are.
func (l *Lists) Count() int { return len(l.ends) }

// Values gives the distinct values of all lists, ascending. The slice must not be changed.
func (l *Lists) Values() []int64 { return l.values }

// Min is the smallest value of any list, 0 where a list is empty or there is none. So the bounds of a list column are
// those of a column that has 0 where a row has no value.
func (l *Lists) Min() int64 {
	if l.hasEmpty || len(l.values) == 0 {
		return 0
	}
	return l.values[0]
}

// Max is the largest value of any list, 0 where there is none.
func (l *Lists) Max() int64 {
	if len(l.values) == 0 {
		return 0
	}
	return l.values[len(l.values)-1]
}

// Size is how many bytes of memory the column takes.
func (l *Lists) Size() int {
	return columnOverhead + l.numbers.Size() + 8*len(l.values) + 8*len(l.ends) + len(l.places8) + 2*len(l.places16) + 4*len(l.places32) + knownSize(len(l.ends))
}

// span is where the places of a list stand.
func (l *Lists) span(number int) (from, to int) {
	if number > 0 {
		from = l.ends[number-1]
	}
	return from, l.ends[number]
}

// AppendPlaces appends the places in Values of the values of a list.
func (l *Lists) AppendPlaces(dst []int, number int) []int {
	from, to := l.span(number)
	switch {
	case l.places8 != nil:
		return appendAs(dst, l.places8[from:to])
	case l.places16 != nil:
		return appendAs(dst, l.places16[from:to])
	}
	return appendAs(dst, l.places32[from:to])
}

func appendAs[P uint8 | uint16 | uint32](dst []int, places []P) []int {
	for _, place := range places {
		dst = append(dst, int(place))
	}
	return dst
}

// AppendList appends the values of a list.
func (l *Lists) AppendList(dst []int64, number int) []int64 {
	for _, place := range l.AppendPlaces(nil, number) {
		dst = append(dst, l.values[place])
	}
	return dst
}

// NewConstantLists makes a list column that has the same list in every row: the one value, or for 0 no value.
func NewConstantLists(value int64, rows int) *Lists {
	l := &Lists{numbers: NewConstant(0, rows), ends: []int{0}, hasEmpty: value == 0}
	if value != 0 {
		l.values, l.places8, l.ends[0] = []int64{value}, []uint8{0}, 1
	}
	return l
}

// ListTable numbers different lists, in the order in which they are met. Its zero value is ready.
type ListTable struct {
	byText map[string]int64
	ends   []int
	all    []int64 // the lists one behind the other
	text   []byte
}

// Number gives the number of a list, a new one where it has none. Its values must be positive, ascending and not twice
// in it.
func (t *ListTable) Number(list []int64) int64 {
	t.text = AppendListText(t.text[:0], list)
	if number, ok := t.byText[string(t.text)]; ok {
		return number
	}
	return t.add(string(t.text), list)
}

// NumberOfText gives the number of the list that AppendListText wrote; ErrDamaged where it did not.
func (t *ListTable) NumberOfText(text []byte) (int64, error) {
	if number, ok := t.byText[string(text)]; ok {
		return number, nil
	}
	list, err := ReadListText(text)
	if err != nil {
		return 0, err
	}
	return t.add(string(text), list), nil
}

func (t *ListTable) add(text string, list []int64) int64 {
	if t.byText == nil {
		t.byText = map[string]int64{}
	}
	number := int64(len(t.ends))
	t.byText[text] = number
	t.all = append(t.all, list...)
	t.ends = append(t.ends, len(t.all))
	return number
}

// Lists makes a list column of the numbers of the rows' lists, which the table gave out; each must occur. It panics if
// they are more than MaxRows.
func (t *ListTable) Lists(numbers []int64, b *Builder) *Lists {
	l := &Lists{numbers: b.Column(numbers), ends: slices.Clone(t.ends)}
	l.values = slices.Clone(t.all)
	slices.Sort(l.values)
	l.values = slices.Clip(slices.Compact(l.values))
	places := make(map[int64]uint32, len(l.values))
	for place, v := range l.values {
		places[v] = uint32(place)
	}
	l.makePlaces(len(t.all))
	for i, v := range t.all {
		l.setPlace(i, places[v])
	}
	l.noteEmpty()
	return l
}

// makePlaces makes room for n places.
func (l *Lists) makePlaces(n int) {
	switch {
	case len(l.values) <= 1<<8:
		l.places8 = make([]uint8, n)
	case len(l.values) <= 1<<16:
		l.places16 = make([]uint16, n)
	default:
		l.places32 = make([]uint32, n)
	}
}

func (l *Lists) setPlace(i int, place uint32) {
	switch {
	case l.places8 != nil:
		l.places8[i] = uint8(place)
	case l.places16 != nil:
		l.places16[i] = uint16(place)
	default:
		l.places32[i] = place
	}
}

// noteEmpty looks whether a list is empty.
func (l *Lists) noteEmpty() {
	end := 0
	for _, next := range l.ends {
		l.hasEmpty = l.hasEmpty || next == end
		end = next
	}
}

// lookUp finds which lists have a value in the set. The table is filled by the number of the list if the answer is
// sometimes; share is a guess of the share of rows then.
func (l *Lists) lookUp(set *Set, table *lookup) (result outcome, share float64) {
	n := len(l.ends)
	found, ok := l.known.of(set, table[:n])
	if !ok {
		found = l.find(set, table)
		l.known.keep(set, table[:n], found)
	}
	switch found {
	case 0:
		return never, 0
	case n:
		return always, 1
	}
	return sometimes, float64(found) / float64(n)
}

// find marks the lists that have a value in the set and counts them. Of none it may leave the table as it is.
func (l *Lists) find(set *Set, table *lookup) (found int) {
	wanted := make([]uint8, len(l.values))
	some := false
	for place, v := range l.values {
		wanted[place] = bit(set.Has(v))
		some = some || wanted[place] != 0
	}
	if !some {
		return 0
	}
	switch {
	case l.places8 != nil:
		return anyWanted(l.ends, l.places8, wanted, table)
	case l.places16 != nil:
		return anyWanted(l.ends, l.places16, wanted, table)
	}
	return anyWanted(l.ends, l.places32, wanted, table)
}

// anyWanted marks the lists that have any of the wanted places and counts them.
func anyWanted[P uint8 | uint16 | uint32](ends []int, places []P, wanted []uint8, table *lookup) (found int) {
	from := 0
	for number, to := range ends {
		table[number] = 0
		for _, place := range places[from:to] {
			if wanted[place] != 0 {
				table[number] = 1
				found++
				break
			}
		}
		from = to
	}
	return found
}
