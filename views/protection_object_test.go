package views

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"signpost/store"
	"signpost/store/risk"
	"signpost/web/ask"
)

// A detection without its sign-in says why, as far as that is known.
func TestWhyADetectionStandsAlone(t *testing.T) {
	for trouble, want := range map[ask.Trouble]string{ask.NoTrouble: "Names one that was not imported", ask.TooSlow: "Names one that was not found", ask.Failed: "Names one that was not found"} {
		p := RiskyObjectPage{KnownRisk: ask.KnownRisk{LinksTrouble: trouble}}
		if got := p.looseNote(ask.LooseDetection{Names: true}); got != want {
			t.Errorf("trouble %d: %q", trouble, got)
		}
		if got := p.looseNote(ask.LooseDetection{}); got != "Names none" || (p.linksTrouble() == "") != (trouble == ask.NoTrouble) {
			t.Errorf("trouble %d: %q, %q", trouble, got, p.linksTrouble())
		}
	}
}

// Pages of the timeline and of the history keep the rest of the address. Another range and another way to list signals begin with the newest.
func TestLinksBetweenPagesOfARisk(t *testing.T) {
	at := &store.Cursor{Key: store.NewKey(time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC), 1), Log: risk.Users}
	p := RiskyObjectPage{Query: RiskyObjectQuery{
		List: store.StateRiskyUser, ID: "u1", Each: true, Hours: 6, Range: store.Range{Preset: "7d"}, After: at, HistoryAfter: &store.Cursor{Key: at.Key},
	}}
	p.NextSignals, p.NextHistory = at, &store.Cursor{Key: at.Key}
	newest, older := p.signalLinks()
	newestChanges, olderChanges := p.historyLinks()
	for address, want := range map[string][2]bool{
		newest: {false, true}, older: {true, true}, newestChanges: {true, false}, olderChanges: {true, true},
		p.Query.presetURL("24h"): {false, true}, p.Query.eachURL(false): {false, true}, p.Query.hoursURL(72): {true, true},
	} {
		u, err := url.Parse(address)
		if err != nil || u.Query().Has(ParamAfter) != want[0] || u.Query().Has(ParamChanges) != want[1] || !u.Query().Has("range") {
			t.Errorf("%s: %v, %v", address, want, err)
		}
	}
	p.Query.After, p.NextSignals = nil, nil
	if newest, older := p.signalLinks(); newest != "" || older != "" {
		t.Errorf("one page alone leads to %q and %q", newest, older)
	}
}

// The application of a principal is a link only where the directory or sign-ins know the principal. An agent has two lists.
func TestLinksOfARiskyPrincipal(t *testing.T) {
	for _, known := range []bool{false, true} {
		p := RiskyObjectPage{KnownRisk: ask.KnownRisk{
			Found: true, Of: store.StateRiskyPrincipal, Known: ask.KnownObject{Kind: store.ObjectServicePrincipal, ID: "sp1"},
			State: &store.Risky{Of: store.StateRiskyPrincipal, ID: "sp1", Names: store.RiskyNames{AppID: "app1"}},
		}}
		if known {
			p.Known.Object = &store.Object{ID: "sp1"}
		}
		linked := false
		for _, f := range p.facts() {
			linked = linked || f.Page == "/apps/app1"
		}
		if linked != known {
			t.Errorf("the directory knows it: %t, and the application is linked: %t", known, linked)
		}
	}
	for kind, want := range map[store.StateKind][]string{
		store.StateRiskyUser: {RiskySignInsPath}, store.StateRiskyPrincipal: {RiskyPrincipalSignInsPath}, store.StateRiskyAgent: {RiskyPrincipalSignInsPath, RiskySignInsPath},
	} {
		lists := RiskyObjectPage{KnownRisk: ask.KnownRisk{Of: kind, Known: ask.KnownObject{ID: "x1"}}}.signInLists()
		if len(lists) != len(want) {
			t.Fatalf("%v: %v", kind, lists)
		}
		for i := range lists {
			if path, query, _ := strings.Cut(lists[i].Address, "?"); path != want[i] || !strings.Contains(query, "=x1") {
				t.Errorf("%v: %v", kind, lists)
			}
		}
	}
}

// The level of a sign-in now stands in a row only where it is another one than during the sign-in.
func TestLevelNow(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ during, now, want string }{
		{"high", "high", ""}, {"High", "high", ""}, {"", "", ""}, {"low", "none", "none"}, {"none", "high", "high"}, {"hidden", "medium", "medium"}, {"low", "", Empty},
	} {
		if got := levelNow(&store.SignIn{RiskLevelDuringSignIn: test.during, RiskLevelAggregated: test.now}); got != test.want {
			t.Errorf("during %q, now %q: %q, want %q", test.during, test.now, got, test.want)
		}
	}
}
