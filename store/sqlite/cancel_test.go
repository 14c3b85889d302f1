package sqlite

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/storetest"
)

// slowStore has its rows in so many segments, none of them in the cache, that some questions take long.
func slowStore(t *testing.T) *DB {
	t.Helper()
	limits := usualSizes()
	limits.segment, limits.maxJoined, limits.smallRows, limits.tick = 4, 4, 1, time.Hour
	db, err := Open(t.Context(), t.TempDir(), signInsOnly, storetest.Decode, withSizes(limits), WithCache(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	db.answers.max = 0 // no answer is kept
	putRecords(t, db, storetest.MadeUp(31, 1500))
	db.sealNow(t, true)
	return db
}

// slowQuestion looks at every column of every row of a log.
func slowQuestion(ctx context.Context, db *DB) error {
	fields := slices.DeleteFunc(slices.Clone(store.SignIns.Fields()), func(f *store.Field) bool { return !f.Facetable() })
	_, err := db.Facets(ctx, store.FacetsQuery{ListQuery: store.ListQuery{Log: store.Interactive, Range: allTime, AllEvents: true}, Fields: fields, Top: 5})
	return err
}

func quickQuestion(ctx context.Context, db *DB) error {
	_, err := db.Total(ctx, store.ListQuery{Log: store.ManagedIdentity, Range: rangeOf(storetest.Noon.Add(-time.Hour), storetest.Noon)})
	return err
}

func timed(do func() error) (time.Duration, error) {
	began := time.Now()
	err := do()
	return time.Since(began), err
}

// soon is how long after its end is asked for a question may go on. The machine may be busy with other things, so the
// best of some tries counts.
const soon = 50 * time.Millisecond

const tries = 10

func TestQuestionsEndSoonAfterTheirContext(t *testing.T) {
	db := slowStore(t)
	whole, err := timed(func() error { return slowQuestion(t.Context(), db) })
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the question takes %v", whole)
	goroutines := runtime.NumGoroutine()
	best := time.Hour
	for range tries {
		ctx, cancel := context.WithCancel(t.Context())
		var cancelled time.Time
		timer := time.AfterFunc(whole/8, func() { cancelled = time.Now(); cancel() })
		err := slowQuestion(ctx, db)
		if timer.Stop() {
			t.Fatal("the question was answered before it was to be cancelled")
		}
		<-ctx.Done()
		late := time.Since(cancelled)
		if best = min(best, late); !errors.Is(err, context.Canceled) || errors.Is(err, store.ErrTooSlow) {
			t.Errorf("cancelled: %v", err)
		}
	}
	if best > soon {
		t.Errorf("after cancelling the question goes on for %v at least", best)
	}
	t.Logf("cancelled questions end after %v at best", best)
	best = time.Hour
	for range tries {
		ctx, cancel := context.WithTimeout(t.Context(), whole/8)
		took, err := timed(func() error { return slowQuestion(ctx, db) })
		cancel()
		if best = min(best, took-whole/8); !errors.Is(err, store.ErrTooSlow) {
			t.Errorf("past the deadline: %v", err)
		}
	}
	if best > soon {
		t.Errorf("after its deadline the question goes on for %v at least", best)
	}
	checkNothingHeld(t, db, goroutines)
}

// checkNothingHeld says what questions that ended have not let go.
func checkNothingHeld(t *testing.T, db *DB, goroutines int) {
	t.Helper()
	held := func() bool {
		return db.reader.Stats().InUse > 0 || db.cols.now().reader.Stats().InUse > 0 || runtime.NumGoroutine() > goroutines
	}
	for end := time.Now().Add(10 * time.Second); held() && time.Now().Before(end); {
		runtime.Gosched() // a transaction is given back by a goroutine of its own
	}
	if held() {
		t.Errorf("%d transactions, %d connections to cols.db, %d goroutines (before: %d) are held", db.reader.Stats().InUse, db.cols.now().reader.Stats().InUse, runtime.NumGoroutine(), goroutines)
	}
	if turns := int64(runtime.GOMAXPROCS(0)); db.turns.TryAcquire(turns) {
		db.turns.Release(turns)
	} else {
		t.Error("the turn of a scan is held")
	}
	if db.refreshing.TryAcquire(1) {
		db.refreshing.Release(1)
	} else {
		t.Error("the making of a state is held")
	}
	putRecords(t, db, storetest.MadeUp(32, 10))
	if err := quickQuestion(t.Context(), db); err != nil {
		t.Error(err)
	}
}

// Two slow questions do not stop the quick ones.
func TestQuickQuestionsBesideSlowOnes(t *testing.T) {
	db := slowStore(t)
	whole, err := timed(func() error { return slowQuestion(t.Context(), db) })
	if err != nil {
		t.Fatal(err)
	}
	goroutines := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			for ctx.Err() == nil {
				if err := slowQuestion(ctx, db); err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			}
		})
	}
	var took []time.Duration
	for range 20 {
		one, err := timed(func() error { return quickQuestion(t.Context(), db) })
		if err != nil {
			t.Error(err)
		}
		took = append(took, one)
	}
	cancel()
	group.Wait()
	slices.Sort(took)
	t.Logf("beside two questions of %v each, a quick one takes %v, at most %v", whole, took[len(took)/2], took[len(took)-1])
	if half := took[len(took)/2]; half > max(whole/4, soon) {
		t.Errorf("half of the quick questions take longer than %v beside slow ones", half)
	}
	checkNothingHeld(t, db, goroutines)
}

// A question that ends while it reads what was committed leaves that to the next.
func TestQuestionsEndWhileTheyCatchUp(t *testing.T) {
	folder := t.TempDir()
	limits := tinySizes(seeded(41))
	open := func() *DB {
		db, err := Open(t.Context(), folder, signInsOnly, storetest.Decode, withSizes(limits))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return db
	}
	first := open()
	putRecords(t, first, storetest.MadeUp(41, 1500))
	var db *DB
	var goroutines int
	best := time.Hour
	for n := 0; n < tries && best > soon; n++ { // on a busy machine the first ones may be late
		db = open()
		goroutines = runtime.NumGoroutine()
		for range tries {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			took, err := timed(func() error { return quickQuestion(ctx, db) })
			cancel()
			if db.state.Load() != nil { // the clock of a busy machine was late
				break
			}
			if best = min(best, took); !errors.Is(err, store.ErrTooSlow) {
				t.Errorf("past the deadline: %v", err)
			}
		}
	}
	if best > soon && best < time.Hour {
		t.Errorf("after its deadline the question goes on for %v at least", best)
	}
	// Those who wait for another to read end soon too.
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			if err := quickQuestion(ctx, db); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	cancel()
	group.Wait()
	checkNothingHeld(t, db, goroutines)
}
