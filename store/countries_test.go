package store

import "testing"

func TestCountries(t *testing.T) {
	for recorded, want := range map[string]string{"FJ": "Fiji", "no": "Norway", "": "", "Norway": "Norway", "ZZ": "ZZ", "BQ": "Bonaire, Sint Eustatius and Saba", "NL": "the Netherlands"} {
		if got := CountryInSentence(recorded); got != want {
			t.Errorf("CountryInSentence(%q): got %q, want %q", recorded, got, want)
		}
	}
	if got := Countries.Words("NL"); got != "Netherlands" {
		t.Errorf("NL is called %q", got)
	}
	if got, want := len(Countries.Values), 250; got != want { // 249 of ISO, and Kosovo as it is used
		t.Errorf("got %d countries, want %d", got, want)
	}
	for _, code := range Countries.Values {
		if len(code) != 2 || Countries.Words(code) == "" {
			t.Errorf("%q is called %q", code, Countries.Words(code))
		}
	}
}
