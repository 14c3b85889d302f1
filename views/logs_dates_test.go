package views

import (
	"net/url"
	"testing"
	"time"

	"signpost/store"
)

func TestStepsOfTheRange(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 30, 10, 5, 9, 0, time.UTC)
	list := List{Look: &signInLook, Log: store.Interactive}
	for _, test := range []struct{ query, earlier, later string }{
		{"range=1h", "from=2026-03-30T08:05:00Z&to=2026-03-30T09:05:00Z", ""},
		{"range=today", "from=2026-03-28T23:00:00Z&to=2026-03-29T22:00:00Z", ""}, // a day of 23 hours
		{"range=yesterday", "from=2026-03-27T23:00:00Z&to=2026-03-28T23:00:00Z", "from=2026-03-29T22:00:00Z&to=2026-03-30T22:00:00Z"},
		{"range=week", "from=2026-03-22T23:00:00Z&to=2026-03-29T22:00:00Z", ""},
		{"from=2026-03-01T10:00:00Z&to=2026-03-01T10:30:00Z", "from=2026-03-01T09:30:00Z&to=2026-03-01T10:00:00Z", "from=2026-03-01T10:30:00Z&to=2026-03-01T11:00:00Z"},
		{"from=2026-03-01T10:00:00Z&to=2026-03-30T10:05:00Z", "from=2026-01-31T09:55:00Z&to=2026-03-01T10:00:00Z", ""},
	} {
		params, _ := url.ParseQuery(test.query)
		q, bad := store.SignIns.ParseQuery(params, now.In(oslo))
		if len(bad) > 0 {
			t.Fatal(bad)
		}
		page := LogPage{Shell: Shell{Zone: ZoneOf(oslo)}, List: list, Query: q, Now: now}
		for what, pair := range map[string][2]string{"earlier": {page.earlierURL(), test.earlier}, "later": {page.laterURL(), test.later}} {
			got, want := pair[0], pair[1]
			if want == "" && got == "" {
				continue
			}
			u, _ := url.Parse(got)
			if rest := u.Query(); "from="+rest.Get("from")+"&to="+rest.Get("to") != want {
				t.Errorf("%s of %s: %s, want %s", what, test.query, got, want)
			}
		}
	}
}
