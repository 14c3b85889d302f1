package views

import (
	"strings"
	"testing"

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

// The timeline of a risk says what it leaves out.
func TestSignalsLeftOut(t *testing.T) {
	p := RiskyObjectPage{KnownRisk: ask.KnownRisk{SignIns: []ask.RiskyRow{{Why: ask.RiskyByState}, {Why: ask.RiskyNearOne}}}}
	p.Risky.N = 1
	if got := p.signalsLeftOut(); got != "" {
		t.Errorf("nothing is left out: %q", got)
	}
	p.Risky.N = 3
	p.Detections.Logs = []ask.TimelineLog{{Log: risk.Users, Total: store.Total{N: 1, Complete: true}}}
	if got := p.signalsLeftOut(); !strings.Contains(got, "2 older risky sign-ins and 1 older detection") {
		t.Errorf("got %q", got)
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
