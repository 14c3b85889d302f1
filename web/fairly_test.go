package web

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"signpost/auth"
	"signpost/store"
)

// waitingStore counts the histograms that run at a time. Each waits until it may go on or its context ends.
type waitingStore struct {
	store.Store
	now, most atomic.Int64
	entered   chan struct{}
	goOn      chan struct{}
	givenUp   chan error
}

func newWaitingStore(s store.Store) *waitingStore {
	return &waitingStore{Store: s, entered: make(chan struct{}, 100), goOn: make(chan struct{}), givenUp: make(chan error, 100)}
}

func (s *waitingStore) Histogram(ctx context.Context, q store.HistogramQuery) (store.Histogram, error) {
	if n := s.now.Add(1); n > s.most.Load() {
		s.most.Store(n)
	}
	defer s.now.Add(-1)
	s.entered <- struct{}{}
	select {
	case <-s.goOn:
		return s.Store.Histogram(ctx, q)
	case <-ctx.Done():
		s.givenUp <- ctx.Err()
		return store.Histogram{}, ctx.Err()
	}
}

// Four costly questions of one person are answered at a time. The fifth page waits; another person's does not.
func TestCostlyQuestionsOfOnePersonWait(t *testing.T) {
	slow := newWaitingStore(newFakeStore(interactiveSignIn(1, at("08:30:00"))))
	h := newHouse(t, func(c *Config) { c.Store, c.Limits = slow, Limits{Questions: 2} })
	ada, bob := h.at("ada", auth.RoleGlobalReader), h.at("bob", auth.RoleGlobalReader)
	var group sync.WaitGroup
	open := func(v *visitor) {
		group.Go(func() {
			if got := v.get("/logs/interactive"); got.StatusCode != http.StatusOK {
				t.Errorf("got %d", got.StatusCode)
			}
		})
	}
	for range 5 {
		open(ada)
	}
	<-slow.entered
	<-slow.entered
	open(bob)
	<-slow.entered // bob must not wait for ada, or this never comes
	if n := slow.most.Load(); n != 3 {
		t.Errorf("%d questions are asked at a time, want 2 of ada and 1 of bob", n)
	}
	close(slow.goOn)
	group.Wait()
	if n := slow.most.Load(); n > 3 {
		t.Errorf("%d questions were asked at a time", n)
	}
	if n := len(h.server.Store.(fairStore).questions.people); n != 0 {
		t.Errorf("%d people are kept who ask nothing", n)
	}
}

// A question waits for a turn until the request's deadline. Meanwhile it holds nothing.
func TestWaitingForATurnEnds(t *testing.T) {
	slow := newWaitingStore(newFakeStore(interactiveSignIn(1, at("08:30:00"))))
	h := newHouse(t, func(c *Config) { c.Store, c.Limits, c.Timeout = slow, Limits{Questions: 1}, 300*time.Millisecond })
	ada := h.at("ada", auth.RoleGlobalReader)
	var group sync.WaitGroup
	var late atomic.Int64
	for range 3 {
		group.Go(func() {
			switch got := ada.get("/logs/interactive"); got.StatusCode {
			case http.StatusGatewayTimeout:
				late.Add(1)
			case http.StatusOK: // the page says in the chart's place that it took too long
			default:
				t.Errorf("got %d", got.StatusCode)
			}
		})
	}
	group.Wait()
	if late.Load() == 0 {
		t.Error("nobody was told that it took too long")
	}
	if n := len(h.server.Store.(fairStore).snapshots.people); n != 0 {
		t.Errorf("%d people are kept who ask nothing", n)
	}
}

// A question ends when its client leaves, even while it waits for its turn.
func TestQuestionsEndWithTheirClient(t *testing.T) {
	slow := newWaitingStore(newFakeStore(interactiveSignIn(1, at("08:30:00"))))
	h := newHouse(t, func(c *Config) { c.Store, c.Limits, c.Timeout = slow, Limits{Questions: 1}, time.Hour })
	ada := h.at("ada", auth.RoleGlobalReader)
	ctx, leave := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, ada.base+"/logs/interactive", nil)
			if err != nil {
				t.Error(err)
				return
			}
			answer, err := ada.client.Do(r)
			if err == nil {
				answer.Body.Close()
				t.Errorf("got %d", answer.StatusCode)
			}
		})
	}
	<-slow.entered
	leave()
	if err := <-slow.givenUp; !errors.Is(err, context.Canceled) { // nothing else ends it within its own ten seconds
		t.Errorf("the question ended with %v", err)
	}
	group.Wait()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		turns := h.server.Store.(fairStore).questions
		turns.mu.Lock()
		n := len(turns.people)
		turns.mu.Unlock()
		if n == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("somebody who left still waits for a turn")
		}
	}
	if n := slow.most.Load(); n != 1 {
		t.Errorf("%d questions were asked at a time", n)
	}
}
