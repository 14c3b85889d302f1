package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"sync"
	"testing"

	"signpost/store"
	"signpost/store/storetest"
)

// ended is a context that has ended.
func ended(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// manyWords adds words to the dictionary of a column.
func manyWords(c *column, n int) {
	for i := range n {
		c.words.add(int64(len(c.words.texts)), fmt.Sprintf("City %d", i))
	}
}

// Looking through a dictionary ends with the question, and what was found by then is not kept.
func TestLookingThroughWordsEnds(t *testing.T) {
	db := openTest(t)
	c := db.schema.byProp[store.City]
	manyWords(c, 4*looksEach)
	ctx, cancel := context.WithCancel(t.Context())
	asked := 0
	c.words.matching(ctx, func(string) bool {
		if asked++; asked == 10 {
			cancel()
		}
		return true
	})
	if asked > looksEach {
		t.Errorf("%d words were looked at, want %d at most", asked, looksEach)
	}
	field, _ := store.SignIns.Field("city")
	has := store.Condition{Field: field, Op: store.OpHas, Values: []string{"city"}}
	db.passing(ctx, c, has)
	if n := db.passing(t.Context(), c, has).Len(); n != 4*looksEach {
		t.Errorf("after a question that was given up %d words pass, want %d", n, 4*looksEach)
	}
}

// The table of a column's values is made further by each question that needs it, however often one is given up.
func TestTheTableOfValuesGoesOn(t *testing.T) {
	db := openTest(t)
	c := db.schema.byProp[store.City]
	manyWords(c, 3*looksEach)
	field, _ := store.SignIns.Field("city")
	words := c.words.next()
	for range 5 {
		if table := db.facetWords.of(ended(t), field, c, words); int64(len(table.one)) != words {
			t.Fatalf("the table has %d words, want %d", len(table.one), words)
		}
	}
	table := db.facetWords.of(t.Context(), field, c, words)
	for code := int64(1); code < words; code++ {
		values := table.of(int(code))
		if len(values) != 1 || table.folded[values[0]] != store.FoldCase(c.words.text(code)) {
			t.Fatalf("word %d has the values %v", code, values)
		}
	}
}

func TestSortedKeys(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 15))
	for _, n := range []int{0, 1, 1000, sortedRun, sortedRun + 1, 3*sortedRun + 7} {
		keys := make([]rowKey, n)
		for i := range keys {
			keys[i] = rowKey(r.Int64N(1000))
		}
		want := slices.Sorted(slices.Values(keys))
		if got, err := sortedKeys(t.Context(), keys); err != nil || !slices.Equal(got, want) {
			t.Errorf("%d keys are not sorted: %v", n, err)
		}
	}
	if _, err := sortedKeys(ended(t), make([]rowKey, 10)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was given up", err)
	}
}

// A log is looked through in pieces that leave nothing out and have nothing twice, and no further once it is given up.
func TestStretchesOfALog(t *testing.T) {
	db := slowStore(t)
	err := db.read(t.Context(), func(v *view) error {
		q, err := db.question(store.ListQuery{Log: store.Interactive, Range: allTime, AllEvents: true})
		if err != nil {
			return err
		}
		var spans []span
		look := func(in span) ([]rowKey, error) {
			spans = append(spans, in)
			return nil, nil
		}
		if _, err := v.inStretches(t.Context(), q, look); err != nil {
			return err
		}
		if n, parts := len(spans), len(v.state.of(q.table)); n < parts/2 || n < 2 || spans[0].from != q.from || spans[n-1].to != q.to {
			t.Errorf("%d pieces of %d parts, from %v to %v", n, parts, spans[0], spans[n-1])
		}
		for i := range spans[1:] {
			if spans[i].to != spans[i+1].from || spans[i].from >= spans[i].to {
				t.Fatalf("%v comes before %v", spans[i], spans[i+1])
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		looked := 0
		_, err = v.inStretches(ctx, q, func(span) ([]rowKey, error) {
			looked++
			cancel()
			return nil, nil
		})
		if !errors.Is(err, context.Canceled) || looked != 1 {
			t.Errorf("given up after the first piece: %v after %d", err, looked)
		}
		q.to = q.from
		keys, err := v.inStretches(t.Context(), q, func(span) ([]rowKey, error) { return nil, errors.New("there is nothing to look at") })
		if len(keys) > 0 {
			t.Errorf("an empty range has %d keys", len(keys))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A filter that may be passed in very many ways is refused before they are made. Each field that asks for a value or for
// none doubles them.
func TestFiltersOfManyWaysAreRefused(t *testing.T) {
	db := openTest(t)
	putRecords(t, db, storetest.MadeUp(3, 200))
	params := url.Values{}
	for i, name := range []string{"city", "state", "country", "browser", "os", "device", "client", "app", "resource", "ip", "reason", "agent", "protocol", "risk", "tenant", "session", "trust", "devicename"} {
		params[name], params[name+".empty"] = []string{"11111111-1111-4222-8333-444444444444"}, []string{"yes"}
		filter, bad := store.SignIns.ParseFilter(params)
		if len(bad) > 0 {
			delete(params, name)
			delete(params, name+".empty")
			continue
		}
		_, err := db.Total(t.Context(), store.ListQuery{Log: store.Interactive, Range: allTime, Filter: filter})
		if i < 8 && err != nil {
			t.Errorf("%d fields: %v", i+1, err)
		}
		if i == 17 && !errors.Is(err, store.ErrTooSlow) {
			t.Errorf("%d fields: got %v, want that it is too slow", len(params)/2, err)
		}
	}
}

// A question with a context that ended gives no answer, even where it left off without an error.
func TestNoAnswerAfterTheEnd(t *testing.T) {
	db := openTest(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := db.read(ctx, func(*view) error {
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was given up", err)
	}
}

// Who waits for a lock leaves when the context ends, and does not keep it later.
func TestLockingEnds(t *testing.T) {
	var mu sync.Mutex
	mu.Lock()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- lock(ctx, &mu) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was given up", err)
	}
	mu.Unlock()
	if err := lock(t.Context(), &mu); err != nil {
		t.Fatal(err)
	}
	mu.Unlock()
}
