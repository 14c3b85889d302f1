package sqlite

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// What dictionaries are said to take is what the heap grows by, to a fifth. It is not parallel: it looks at the heap of the process.
func TestDictionarySizes(t *testing.T) {
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	for _, n := range []int{5_000, 50_000, 120_000} {
		before := heap()
		d := &dictionary{texts: []string{""}, codes: map[string]int64{"": 0}, others: map[string][]int64{}}
		for i := range n {
			text := fmt.Sprintf("a text of some length, number %d", i)
			if i%10 == 0 {
				text = strings.ToUpper(text)
			}
			d.add(int64(i)+1, text)
		}
		grown, told := heap()-before, d.bytes()
		if told < grown*4/5 || told > grown*6/5 {
			t.Errorf("%d words take %d bytes, and are said to take %d", n, grown, told)
		}
		runtime.KeepAlive(d)
	}
	db := openTest(t)
	sizes := db.DictionarySizes()
	if len(sizes) < 50 || sizes[0].Bytes < sizes[len(sizes)-1].Bytes || sizes[0].Name == "" {
		t.Errorf("%d dictionaries, the first is %+v", len(sizes), sizes[0])
	}
}
