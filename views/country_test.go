package views

import "testing"

func TestCountryText(t *testing.T) {
	for recorded, want := range map[string]string{"FJ": "Fiji", "no": "Norway", "": "", "Norway": "Norway", "ZZ": "ZZ", "BQ": "Bonaire, Sint Eustatius and Saba"} {
		if got := countryText(recorded); got != want {
			t.Errorf("countryText(%q): got %q, want %q", recorded, got, want)
		}
	}
	if got, want := len(countryNames()), 250; got != want { // 249 of ISO, and Kosovo as it is used
		t.Errorf("got %d countries, want %d", got, want)
	}
	for code, name := range countryNames() {
		if len(code) != 2 || name == "" {
			t.Errorf("%q is called %q", code, name)
		}
	}
}
