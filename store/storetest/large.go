package storetest

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"signpost/store"
)

// Large is an engine with many made-up sign-ins, some of them late and some in several copies.
type Large struct {
	w     *world
	asked int64
}

// NewLarge gives the engine about that many sign-ins, in batches of up to a twentieth of them.
func NewLarge(t *testing.T, engine Engine, rows int) *Large {
	t.Helper()
	l := &Large{w: &world{t: t, engine: engine, seed: 1, r: rand.New(rand.NewPCG(1, 3)), kept: map[idOfLog][]store.Version{}}}
	arrivals := l.w.arrivals(rows)
	slices.SortStableFunc(arrivals, func(a, b store.Record) int { return a.Entry.Head().Time.Compare(b.Entry.Head().Time) })
	// One in 50 comes late.
	slices.SortStableFunc(arrivals, func(a, b store.Record) int { return isLate(a) - isLate(b) })
	l.w.feed(arrivals)
	return l
}

func isLate(r store.Record) int {
	if r.Entry.Head().Time.UnixMicro()/7%50 == 0 {
		return 1
	}
	return 0
}

// Ask asks the engine that many random questions, new ones at each call, some at a time. The plain store answers
// each by reading every row of the log.
func (l *Large) Ask(t *testing.T, engine Engine, cases int) {
	t.Helper()
	l.w.t, l.w.engine = t, engine
	plain := l.w.oracle()
	t.Logf("%d sign-ins", len(plain.all))
	var failed atomic.Int64
	var workers sync.WaitGroup
	end := l.asked + int64(cases)
	next := atomic.Int64{}
	next.Store(l.asked)
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for n := next.Add(1); n <= end && failed.Load() < maxFailed; n = next.Add(1) {
				said := &sayings{TB: t}
				Compare(said, engine, plain, RandomCase(rand.New(rand.NewPCG(l.w.seed, uint64(n)<<8)), plain))
				if len(said.all) > 0 {
					failed.Add(1)
					t.Errorf("case %d: %.8000s", n, strings.Join(said.all, "\n"))
				}
			}
		})
	}
	workers.Wait()
	l.asked = end
}

// sayings collects the differences that a comparison finds.
type sayings struct {
	TB
	all []string
}

func (s *sayings) Errorf(format string, args ...any) {
	s.all = append(s.all, fmt.Sprintf(format, args...))
}
