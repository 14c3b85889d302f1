package ask

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"signpost/store"
)

// slowPages answers counts and tables alone.
type slowPages struct{ store.Reader }

func (slowPages) Page(context.Context, store.ListQuery) (store.Page, error) {
	return store.Page{}, store.ErrTooSlow
}

// slowTurns does not answer questions about changes of risk.
type slowTurns struct{ store.Directory }

func (slowTurns) RiskTurns(context.Context, store.RiskTurnsQuery) ([]store.RiskTurn, error) {
	return nil, store.ErrTooSlow
}

// riskyIn is a sign-in at risk that tells its place.
func riskyIn(n int, city, country string) store.SignIn {
	s := signIn(n, n)
	s.RiskLevelDuringSignIn, s.City, s.CountryOrRegion = "high", city, country
	return s
}

// The numbers of places stand where the map cannot be made.
func TestPlacesWithoutTheirMap(t *testing.T) {
	h := holding(t, riskyIn(1, "Porto", "PT"), riskyIn(2, "Porto", "PT"), riskyIn(3, "Oslo", "NO"))
	q := ProtectionQuery{Range: day, Atlas: &Atlas{}, Location: time.UTC}
	whole, err := q.askPlaces(t.Context(), h.Reader)
	if err != nil || whole.MapTrouble != NoTrouble {
		t.Fatalf("%+v, %v", whole, err)
	}
	h.Reader.Reader = slowPages{h.db}
	got, err := q.askPlaces(t.Context(), h.Reader)
	if err != nil || got.MapTrouble != TooSlow || got.SignIns != 3 || len(got.Rows) != 2 || len(got.Countries) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}

// countingPages counts the pages of lists that are asked for.
type countingPages struct {
	store.Reader
	pages *atomic.Int64
}

func (c countingPages) Page(ctx context.Context, q store.ListQuery) (store.Page, error) {
	c.pages.Add(1)
	return c.Reader.Page(ctx, q)
}

// A place that no sign-in locates is not looked up at each view, but again when a log has changed.
func TestPlacesThatNoSignInLocates(t *testing.T) {
	h := holding(t, riskyIn(1, "Porto", "PT"), riskyIn(2, "Faro", "PT"), oslo(riskyIn(3, "", "")))
	counting := countingPages{h.db, new(atomic.Int64)}
	h.Reader.Reader = counting
	q := ProtectionQuery{Range: day, Atlas: &Atlas{}, Location: time.UTC}
	located := func() (places int, pages int64) {
		t.Helper()
		before := counting.pages.Load()
		ctx, release, err := h.db.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		p, err := q.askPlaces(ctx, h.Reader)
		if err != nil || len(p.Rows) != 3 {
			t.Fatalf("%+v, %v", p, err)
		}
		for _, row := range p.Rows {
			if row.At.Set {
				places++
			}
		}
		return places, counting.pages.Load() - before
	}
	if places, pages := located(); places != 1 || pages == 0 {
		t.Errorf("%d places located with %d pages, want 1 and some", places, pages)
	}
	if places, pages := located(); places != 1 || pages != 0 {
		t.Errorf("again: %d places located with %d pages, want 1 and none", places, pages)
	}
	h.add(t, place("Porto", "PT", 41.1, -8.6, riskyIn(4, "", "")))
	if places, _ := located(); places != 2 {
		t.Errorf("after an import: %d places located, want 2", places)
	}

	// A newer sign-in without coordinates hides none of the range.
	h.add(t, place("Faro", "PT", 37.0, -7.9, riskyIn(5, "", "")))
	late := riskyIn(9, "Faro", "PT")
	late.Time = day.To.Add(time.Hour)
	h.add(t, late)
	if places, _ := located(); places != 3 {
		t.Errorf("after a newer one without coordinates: %d places located, want 3", places)
	}
}

// What a reader with a scope does not find is no answer for others: the newest sign-in of a place may be out of the scope.
func TestPlacesOutOfAScopeAreNotRemembered(t *testing.T) {
	h := holding(t, place("Porto", "PT", 41.1, -8.6, of(2, "bob", riskyIn(2, "", ""))), riskyIn(1, "Porto", "PT"), riskyIn(3, "Faro", "PT"))
	atlas := &Atlas{}
	located := func(inScope bool) (places int) {
		t.Helper()
		r := h.Reader
		var of store.Store = h.db
		if inScope {
			of = store.Scoped(h.db, store.NewScope([]string{signIn(1, 1).UserID}, nil, nil))
		}
		r.Reader = of
		ctx, release, err := of.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		q := ProtectionQuery{Range: day, Atlas: atlas, Location: time.UTC, InScope: inScope}
		p, err := q.askPlaces(ctx, r)
		if err != nil || len(p.Rows) != 2 {
			t.Fatalf("%+v, %v", p, err)
		}
		for _, row := range p.Rows {
			if row.At.Set {
				places++
			}
		}
		return places
	}
	if n := located(true); n != 0 {
		t.Errorf("%d places in the scope, want none", n)
	}
	if n := located(false); n != 1 {
		t.Errorf("%d places of all, want the one whose newest sign-in tells", n)
	}
}

// Without the changes of risk, the newest activities are not known either.
func TestActivitiesWithoutChangesOfRisk(t *testing.T) {
	h := holding(t, riskyIn(1, "Porto", "PT"))
	q := ProtectionQuery{Range: day, Atlas: &Atlas{}, Location: time.UTC}
	a, err := q.Ask(t.Context(), h.Reader)
	if err != nil || a.ActivitiesTrouble != NoTrouble || len(a.Activities) != 1 {
		t.Fatalf("%+v, %v", a, err)
	}
	h.Reader.Directory = slowTurns{h.db}
	if a, err = q.Ask(t.Context(), h.Reader); err != nil || a.UsersTrouble != TooSlow || a.ActivitiesTrouble != TooSlow || a.AttacksTrouble != NoTrouble {
		t.Errorf("%+v, %v", a, err)
	}
}

// Users who are remediated without a change before are told apart from protected ones: they may have been at risk.
func TestUsersWithoutAChangeBefore(t *testing.T) {
	atRisk := &store.RiskChange{Updated: noon, State: store.RiskAtRisk}
	turns := newRiskTurns([]store.RiskTurn{
		{ID: "a", RiskChange: store.RiskChange{Updated: noon, State: "remediated"}},
		{ID: "b", RiskChange: store.RiskChange{Updated: noon, State: "remediated"}, Before: atRisk},
		{ID: "c", RiskChange: store.RiskChange{Updated: noon, State: "confirmedSafe"}},
		{ID: "a", RiskChange: store.RiskChange{Updated: noon.Add(time.Hour), State: "dismissed"}, Before: &store.RiskChange{State: "remediated"}},
		{ID: "d", RiskChange: store.RiskChange{Updated: noon.Add(time.Hour), State: "Dismissed"}},
	})
	for hours, want := range map[int][2]int64{1: {1, 1}, 2: {1, 2}} {
		if got := turns.in(store.Range{From: noon, To: noon.Add(time.Duration(hours) * time.Hour)}); got.Protected != want[0] || got.Untold != want[1] {
			t.Errorf("in %d hours %d were protected, of %d nothing tells; want %v", hours, got.Protected, got.Untold, want)
		}
	}
}
