package segment

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// listKinds make random lists for each way of keeping them and for the borders between them.
var listKinds = []struct {
	name string
	make func(r *rand.Rand, n int) [][]int64
}{
	{"all empty", eachList(func(*rand.Rand) []int64 { return nil })},
	{"all the same", eachList(func(*rand.Rand) []int64 { return []int64{3, 7, math.MaxInt64} })},
	{"one value or none", eachList(func(r *rand.Rand) []int64 { return []int64{5}[:r.IntN(2)] })},
	{"few", eachList(func(r *rand.Rand) []int64 { return someOf(r, 10, 3) })},
	{"few, none empty", eachList(func(r *rand.Rand) []int64 { return append(someOf(r, 10, 3), 1000) })},
	{"many of few", eachList(func(r *rand.Rand) []int64 { return someOf(r, 200, 40) })},
	{"of more than a byte", eachList(func(r *rand.Rand) []int64 { return someOf(r, 5000, 4) })},
	{"far apart", eachList(func(r *rand.Rand) []int64 {
		list := someOf(r, 30, 5)
		for i := range list {
			list[i] *= math.MaxInt64 / 40
		}
		return list
	})},
}

func eachList(one func(*rand.Rand) []int64) func(*rand.Rand, int) [][]int64 {
	return func(r *rand.Rand, n int) [][]int64 {
		lists := make([][]int64, n)
		for i := range lists {
			lists[i] = one(r)
		}
		return lists
	}
}

// someOf gives up to most of the values from 1 to n, ascending.
func someOf(r *rand.Rand, n, most int) []int64 {
	list := make([]int64, r.IntN(most+1))
	for i := range list {
		list[i] = 1 + r.Int64N(int64(n))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func listsOf(rows [][]int64) *Lists {
	var table ListTable
	numbers := make([]int64, len(rows))
	for i, list := range rows {
		numbers[i] = table.Number(list)
	}
	return table.Lists(numbers, new(Builder))
}

// checkLists compares a list column with the lists it is of.
func checkLists(t *testing.T, l *Lists, rows [][]int64) {
	t.Helper()
	if l.Len() != len(rows) || l.Count() > max(len(rows), 1) {
		t.Fatalf("%d rows and %d lists, want %d rows", l.Len(), l.Count(), len(rows))
	}
	low, high := int64(math.MaxInt64), int64(0)
	for row, want := range rows {
		got := l.AppendList(nil, int(l.Numbers().Value(row)))
		if !slices.Equal(got, want) {
			t.Fatalf("row %d has the list %v, want %v", row, got, want)
		}
		if len(want) == 0 {
			want = []int64{0}
		}
		low, high = min(low, want[0]), max(high, want[len(want)-1])
	}
	if len(rows) > 0 && (l.Min() != low || l.Max() != high) {
		t.Fatalf("from %d to %d, says %d to %d", low, high, l.Min(), l.Max())
	}
}

func TestListsKeepTheirLists(t *testing.T) {
	enc, dec := codec(t)
	for i, kind := range listKinds {
		for _, size := range []int{0, 1, 2, 255, 256, 257, 3000} {
			rows := kind.make(seeded(uint64(i)), size)
			l := listsOf(rows)
			checkLists(t, l, rows)
			decoded, err := DecodeLists(l.Encode(nil, enc), size, dec)
			if err != nil {
				t.Fatalf("%s, %d rows: %v", kind.name, size, err)
			}
			checkLists(t, decoded, rows)
			if decoded.Size() != l.Size() {
				t.Errorf("%s, %d rows: %d bytes of memory became %d", kind.name, size, l.Size(), decoded.Size())
			}
		}
	}
	for _, value := range []int64{0, 9} {
		rows := slices.Repeat([][]int64{[]int64{value}[:min(value, 1)]}, 7)
		checkLists(t, NewConstantLists(value, 7), rows)
	}
}

// Every row of a full segment has a list of its own, which is more than one frame holds.
func TestListsOfAFullSegment(t *testing.T) {
	enc, dec := codec(t)
	r := seeded(9)
	rows := make([][]int64, MaxRows)
	for i := range rows {
		rows[i] = append(someOf(r, 300, 60), 301+int64(i)) // each its own
	}
	l := listsOf(rows)
	blob := l.Encode(nil, enc)
	decoded, err := DecodeLists(blob, MaxRows, dec)
	if err != nil {
		t.Fatal(err)
	}
	checkLists(t, decoded, rows)
	if decoded.Count() != MaxRows || decoded.places32 == nil {
		t.Errorf("%d different lists, want %d in 32 bits", decoded.Count(), MaxRows)
	}
}

// The table of a store's rows reads the lists as they are written there.
func TestListTableReadsTexts(t *testing.T) {
	var table ListTable
	for i, list := range [][]int64{{}, {1}, {1, 2}, {2}, {300, math.MaxInt64}} {
		text := AppendListText(nil, list)
		for range 2 {
			if got, err := table.NumberOfText(text); err != nil || got != int64(i) {
				t.Errorf("%v has the number %d, %v; want %d", list, got, err, i)
			}
		}
		if got := table.Number(list); got != int64(i) {
			t.Errorf("%v itself has the number %d, want %d", list, got, i)
		}
	}
	for _, text := range [][]byte{{0}, {1, 0}, {0x80}, binary.AppendUvarint(nil, math.MaxUint64), binary.AppendUvarint([]byte{1}, math.MaxInt64)} {
		if _, err := table.NumberOfText(text); !errors.Is(err, ErrDamaged) {
			t.Errorf("% x is a list: %v", text, err)
		}
	}
}

func TestSelectListsAgreesWithALoop(t *testing.T) {
	var s Selection
	passed := 0
	for seed := range uint64(200) {
		r := seeded(seed)
		rows := sizes[r.IntN(len(sizes)-2)]
		data := randomTable(r, rows, 2)
		for range 2 {
			data.listed = append(data.listed, listKinds[r.IntN(len(listKinds))].make(r, rows))
			data.lists = append(data.lists, listsOf(data.listed[len(data.listed)-1]))
		}
		var src Source = data
		if r.IntN(2) == 0 {
			src = &boundedLists{data}
		}
		for range 10 {
			clauses := randomClauses(r, data)
			for range 1 + r.IntN(2) {
				clause := Clause{Not: r.IntN(3) == 0}
				for range 1 + r.IntN(2) {
					clause.Terms = append(clause.Terms, randomListTerm(r, data))
				}
				if r.IntN(4) == 0 && len(clauses) > 0 {
					clause.Terms = append(clause.Terms, clauses[0].Terms...)
				}
				clauses = append(clauses, clause)
			}
			var want []int
			for row := range rows {
				if passes(data, clauses, row) {
					want = append(want, row)
				}
			}
			for range 2 { // the second time the lists know the sets
				if err := Select(src, 0, rows, clauses, &s); err != nil {
					t.Fatal(err)
				}
				if got := selected(&s); !slices.Equal(got, want) {
					t.Fatalf("seed %d: Select gave %d rows, want %d", seed, len(got), len(want))
				}
			}
			passed += len(want)
		}
	}
	if passed < 1000 {
		t.Errorf("%d rows passed", passed)
	}
}

// boundedLists knows the bounds of the list columns.
type boundedLists struct{ *table }

func (b *boundedLists) Bounds(column int) (low, high int64, ok bool) {
	if column < len(b.columns) {
		return 0, 0, false
	}
	l := b.lists[column-len(b.columns)]
	return l.Min(), l.Max(), true
}

func randomListTerm(r *rand.Rand, t *table) Term {
	column := r.IntN(len(t.lists))
	set := NewSet()
	switch values := t.lists[column].Values(); {
	case r.IntN(6) == 0:
		set = NewRange(1, math.MaxInt64)
	case len(values) > 0:
		set = randomSet(r, values)
	}
	if set.Has(0) {
		set = NewRange(1, max(1, set.high))
	}
	return Term{Column: column + len(t.columns), Set: set, List: true}
}

// listBlobs are a small column of each kind.
func listBlobs(enc *zstd.Encoder) map[string][]byte {
	all := map[string][]byte{}
	for i, kind := range listKinds {
		all[kind.name] = listsOf(kind.make(seeded(uint64(i)), 300)).Encode(nil, enc)
	}
	return all
}

func TestDecodeDamagedLists(t *testing.T) {
	enc, dec := codec(t)
	for name, blob := range listBlobs(enc) {
		for n := range blob {
			if _, err := DecodeLists(blob[:n], 300, dec); !errors.Is(err, ErrDamaged) {
				t.Fatalf("%s cut to %d of %d bytes: got %v", name, n, len(blob), err)
			}
			flipped := slices.Clone(blob)
			flipped[n] ^= 1 << (n % 8)
			if _, err := DecodeLists(flipped, 300, dec); !errors.Is(err, ErrDamaged) {
				t.Fatalf("%s with byte %d flipped: got %v", name, n, err)
			}
		}
		for _, rows := range []int{-1, 0, 299, 301, MaxRows + 1} {
			if _, err := DecodeLists(blob, rows, dec); !errors.Is(err, ErrDamaged) {
				t.Errorf("%s as %d rows: got %v", name, rows, err)
			}
		}
		if _, err := Decode(blob, 300, dec); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s as a column: got %v", name, err)
		}
	}
	if _, err := DecodeLists(NewConstant(1, 300).Encode(nil, enc), 300, dec); !errors.Is(err, ErrDamaged) {
		t.Errorf("a column as lists: got %v", err)
	}
}

// TestDecodeHostileLists gives DecodeLists content with a checksum that fits, so that what reads it must check.
func TestDecodeHostileLists(t *testing.T) {
	_, dec := codec(t)
	array := func(data ...byte) []byte { // as appendLong writes it, not compressed
		n := byte(len(data))
		if n == 0 {
			return []byte{0}
		}
		return append([]byte{n, n, n}, data...)
	}
	blob := func(count, values byte, parts ...[]byte) []byte {
		return seal(slices.Concat(append([][]byte{{listsVersion, 3, count, values}}, parts...)...), 0)
	}
	codes := []byte{3, 3, 0, 1, 0}
	good := blob(2, 2, array(5, 4), array(1, 2), array(2, 1, 1), codes)
	l, err := DecodeLists(good, 3, dec)
	if err != nil {
		t.Fatal(err)
	}
	checkLists(t, l, [][]int64{{9}, {5, 9}, {9}})
	for name, b := range map[string][]byte{
		"no lists":                    blob(0, 0, array(), array(), array()),
		"more lists than rows":        blob(4, 2, array(5, 4), array(1, 2, 1, 1), array(2, 1, 1, 1, 1), codes),
		"values that are not there":   blob(2, 3, array(5, 4), array(1, 2), array(2, 1, 1), codes),
		"a value that is 0":           blob(2, 2, array(0, 4), array(1, 2), array(2, 1, 1), codes),
		"values that do not ascend":   blob(2, 2, array(5, 0), array(1, 2), array(2, 1, 1), codes),
		"a value of no list":          blob(2, 2, array(5, 4), array(1, 1), array(2, 2), codes),
		"a list longer than values":   blob(2, 2, array(5, 4), array(1, 3), array(2, 1, 1, 1), codes),
		"a list that does not ascend": blob(2, 2, array(5, 4), array(1, 2), array(2, 1, 0), codes),
		"a place too large":           blob(2, 2, array(5, 4), array(1, 2), array(2, 1, 2), codes),
		"too few places":              blob(2, 2, array(5, 4), array(1, 2), array(2, 1), codes),
		"too many places":             blob(2, 2, array(5, 4), array(1, 2), array(2, 1, 1, 1), codes),
		"too many lengths":            blob(2, 2, array(5, 4), array(1, 2, 0), array(2, 1, 1), codes),
		"a number too large":          blob(2, 2, array(5, 4), array(1, 2), array(2, 1, 1), []byte{3, 3, 0, 2, 0}),
		"a list of no row":            blob(2, 2, array(5, 4), array(1, 2), array(2, 1, 1), []byte{3, 3, 0, 0, 0}),
		"numbers of a single list":    blob(1, 2, array(5, 4), array(2), array(1, 1), codes),
		"no numbers":                  blob(2, 2, array(5, 4), array(1, 2), array(2, 1, 1)),
		"more than a segment needs":   blob(2, 2, binary.AppendUvarint(nil, maxLong+1), array(1, 2), array(2, 1, 1), codes),
		"all memory":                  blob(2, 2, binary.AppendUvarint(nil, math.MaxUint64), array(1, 2), array(2, 1, 1), codes),
	} {
		if _, err := DecodeLists(b, 3, dec); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: got %v, want %v", name, err, ErrDamaged)
		}
	}
}

func FuzzDecodeLists(f *testing.F) {
	enc, dec := codec(f)
	for _, blob := range listBlobs(enc) {
		f.Add(blob, 300)
	}
	f.Add(listsOf(nil).Encode(nil, enc), 0)
	f.Fuzz(func(t *testing.T, b []byte, rows int) {
		for _, blob := range [][]byte{b, reseal(b)} {
			l, err := DecodeLists(blob, rows, dec)
			if err != nil {
				if !errors.Is(err, ErrDamaged) {
					t.Fatalf("got %v, want %v", err, ErrDamaged)
				}
				continue
			}
			all := make([][]int64, rows)
			for row := range all {
				all[row] = l.AppendList(nil, int(l.Numbers().Value(row)))
				if text, err := ReadListText(AppendListText(nil, all[row])); err != nil || !slices.Equal(text, all[row]) {
					t.Fatalf("row %d has %v: %v", row, all[row], err)
				}
			}
			checkLists(t, l, all)
			again, err := DecodeLists(l.Encode(nil, enc), rows, dec)
			if err != nil {
				t.Fatal(err)
			}
			checkLists(t, again, all)
		}
	})
}

func TestCacheCountsLists(t *testing.T) {
	cache := NewCache(1 << 20)
	l := listsOf(listKinds[5].make(seeded(1), 1000))
	got, err := cache.Lists(1, 4, func() (*Lists, error) { return l, nil })
	if err != nil || got != l {
		t.Fatalf("got %v, %v", got, err)
	}
	if want := int64(l.Size() + entryOverhead); cache.Bytes() != want || l.Size() < 1000+len(l.places8) {
		t.Errorf("%d bytes are kept, want %d", cache.Bytes(), want)
	}
	cache.Forget(1)
	if cache.Bytes() != 0 {
		t.Errorf("Forget left %d bytes", cache.Bytes())
	}
}

func BenchmarkLists(b *testing.B) {
	enc, dec := codec(b)
	r := seeded(5)
	for _, bench := range []struct {
		name string
		rows [][]int64
	}{
		{"200 different", func() [][]int64 {
			different := eachList(func(r *rand.Rand) []int64 { return someOf(r, 60, 10) })(r, 200)
			rows := make([][]int64, MaxRows)
			for i := range rows {
				rows[i] = different[r.IntN(len(different))]
			}
			return rows
		}()},
		{"each its own, of 40", eachList(func(r *rand.Rand) []int64 { return someOf(r, 240, 55) })(r, MaxRows)},
	} {
		l := listsOf(bench.rows)
		blob := l.Encode(nil, enc)
		b.Run("decode/"+bench.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := DecodeLists(blob, MaxRows, dec); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b, MaxRows)
			b.ReportMetric(float64(len(blob))/MaxRows, "bytes/row")
			b.ReportMetric(float64(l.Size())/MaxRows, "memory/row")
		})
		b.Run("select/"+bench.name, func(b *testing.B) {
			src := &table{rows: MaxRows, lists: []*Lists{l}}
			var s Selection
			for b.Loop() {
				if err := Select(src, 0, MaxRows, []Clause{{Terms: []Term{{Set: NewSet(7, 30), List: true}}}}, &s); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b, MaxRows)
		})
	}
}
