package web

import (
	"net/http"
	"strings"
	"testing"

	"signpost/auth"
)

func TestTimesAreInTheZoneOfThePerson(t *testing.T) {
	f := newFakeStore(interactiveSignIn(1, at("12:00:00")))
	tests := []struct {
		name, preference, cookie string
		time, zone               string
	}{
		{"nothing chosen", "", "Europe%2FOslo", "2026-11-23 12:00:00 UTC", "UTC"},
		{"a zone", "Asia/Tokyo", "", "2026-11-23 21:00:00 JST", "Asia/Tokyo"},
		{"the browser's", "browser", "Europe%2FOslo", "2026-11-23 13:00:00 CET", "Europe/Oslo"},
		{"the browser's, not known yet", "browser", "", "2026-11-23 12:00:00 UTC", "UTC"},
		{"the browser's, nonsense", "browser", "..%2F..%2Fetc", "2026-11-23 12:00:00 UTC", "UTC"},
		{"a zone that has gone", "Europe/Atlantis", "", "2026-11-23 12:00:00 UTC", "UTC"},
		{"the server's own is none", "browser", "Local", "2026-11-23 12:00:00 UTC", "UTC"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newPortalOf(t, f, auth.Account{ID: 1, Name: "kim", Roles: []auth.Role{admin}}, func(r *auth.SessionRecord) { r.Preferences.Zone = test.preference })
			a := p.get("/logs/interactive", "Cookie", plainCookie+"="+strings.Repeat("A", 43)+"; tz="+test.cookie)
			if got := a.hook("row").Find("time").Text(); a.Code != http.StatusOK || got != test.time {
				t.Errorf("%d: the row is of %q, want %q", a.Code, got, test.time)
			}
			if got := a.hook("zone").Find("summary").AttrOr("title", ""); got != "Times are "+test.zone {
				t.Errorf("the page says %q", got)
			}
			if got := a.hook("row").Find("time").AttrOr("datetime", ""); got != "2026-11-23T12:00:00Z" {
				t.Errorf("datetime = %q, want UTC", got)
			}
			wantInput := map[bool]string{true: "from", false: "from-local"}[test.zone == "UTC"]
			if a.hook("date-range").Find(`input[name="`+wantInput+`"]`).Length() != 1 {
				t.Errorf("no input %s", wantInput)
			}
		})
	}
}
