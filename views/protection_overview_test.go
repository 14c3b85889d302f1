package views

import (
	"strings"
	"testing"

	"signpost/web/ask"
)

// Numbers say what they do not have: users without a change before, countries beyond the table, and places that were not looked up.
func TestNotesOfTheOverview(t *testing.T) {
	p := ProtectionPage{Answer: &ask.Protection{UsersTold: true}}
	if n := p.userNumbers()[0]; n.Note != "" {
		t.Errorf("nothing to note: %q", n.Note)
	}
	p.Answer.Users.Untold = 2
	if n := p.userNumbers()[0]; n.Number != ask.NumberProtected || !strings.Contains(n.Note, "2 more users") {
		t.Errorf("%s notes %q", n.Name, n.Note)
	}
	places := &p.Answer.Places
	for range countriesShown + 1 {
		places.Countries = append(places.Countries, ask.PlaceCount{N: 1})
	}
	places.Rows, places.Shown, places.MapTrouble = []ask.PlaceCount{{N: 1}}, 1, ask.TooSlow
	for _, want := range []string{"1 further country or region is left out", "1 place of the table is not drawn", "could not be looked up"} {
		if got := p.mapNote(); !strings.Contains(got, want) {
			t.Errorf("%q has no %q", got, want)
		}
	}
}
