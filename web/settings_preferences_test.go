package web

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/auth"
)

func TestPreferencesForm(t *testing.T) {
	p := keptHouse(t, nil)
	ada := p.as("ada")
	for _, test := range []struct {
		name, value string
		status      int
		want        auth.Preferences
	}{
		{"zone", "Europe/Oslo", http.StatusSeeOther, auth.Preferences{Zone: "Europe/Oslo"}},
		{"zone", "browser", http.StatusSeeOther, auth.Preferences{Zone: "browser"}},
		{"zone", "Atlantis/Capital", http.StatusBadRequest, auth.Preferences{Zone: "browser"}},
		{"zone", "Local", http.StatusBadRequest, auth.Preferences{Zone: "browser"}},
		{"zone", "../../etc/passwd", http.StatusBadRequest, auth.Preferences{Zone: "browser"}},
		{"zone", "", http.StatusBadRequest, auth.Preferences{Zone: "browser"}},
		{"zone", "UTC", http.StatusSeeOther, auth.Preferences{}},
		{"facets", "hidden", http.StatusSeeOther, auth.Preferences{FacetsHidden: true}},
		{"facets", "gone", http.StatusBadRequest, auth.Preferences{FacetsHidden: true}},
		{"facets", "open", http.StatusSeeOther, auth.Preferences{}},
		{"chart", "folded", http.StatusSeeOther, auth.Preferences{ChartFolded: true}},
		{"chart", "closed", http.StatusBadRequest, auth.Preferences{ChartFolded: true}},
		{"chart", "open", http.StatusSeeOther, auth.Preferences{}},
		{"density", "compact", http.StatusSeeOther, auth.Preferences{Compact: true}},
		{"density", "dense", http.StatusBadRequest, auth.Preferences{Compact: true}},
		{"density", "comfortable", http.StatusSeeOther, auth.Preferences{}},
		{"closed-facets", "status,app,status,ca", http.StatusSeeOther, auth.Preferences{ClosedFacets: []string{"app", "ca", "status"}}},
		{"closed-facets", "status,colour", http.StatusBadRequest, auth.Preferences{ClosedFacets: []string{"app", "ca", "status"}}},
		{"closed-facets", "status,", http.StatusBadRequest, auth.Preferences{ClosedFacets: []string{"app", "ca", "status"}}},
		{"closed-facets", "status,+app,+nosuch", http.StatusBadRequest, auth.Preferences{ClosedFacets: []string{"app", "ca", "status"}}},
		{"closed-facets", "status,+app", http.StatusSeeOther, auth.Preferences{ClosedFacets: []string{"status"}, OpenFacets: []string{"app"}}},
		{"closed-facets", "", http.StatusSeeOther, auth.Preferences{}},
		// A preference with a form of its own, or with none, is not set here.
		{"columns.interactive", "colour", http.StatusBadRequest, auth.Preferences{}},
		{"default-view.interactive", "1", http.StatusBadRequest, auth.Preferences{}},
		{"legacy", "on", http.StatusBadRequest, auth.Preferences{}},
		{"", "x", http.StatusBadRequest, auth.Preferences{}},
	} {
		got := ada.post("/preferences", form(test.name, test.value, "next", "/logs/legacy"))
		location := ""
		if test.status == http.StatusSeeOther {
			location = "/logs/legacy"
		}
		got.expect(t, test.name+"="+test.value, test.status, location)
		if test.want.Zone == "" {
			test.want.Zone = "UTC" // a choice is stored, even UTC
		}
		if kept := p.preferencesOf("ada"); !reflect.DeepEqual(kept, test.want) {
			t.Errorf("after %s=%s: kept are %+v, want %+v", test.name, test.value, kept, test.want)
		}
	}
}

func TestPreferencesLeadBack(t *testing.T) {
	p := keptHouse(t, nil)
	ada := p.as("ada")
	for _, test := range []struct {
		next    string
		headers []string
		status  int
		want    string
	}{
		{"/logs/interactive?user=a%26b", nil, http.StatusSeeOther, "/logs/interactive?user=a%26b"},
		{"https://elsewhere.example/", nil, http.StatusSeeOther, "/"},
		{"//elsewhere.example/", nil, http.StatusSeeOther, "/"},
		{"", []string{"Referer", ada.base + "/me?range=7d"}, http.StatusSeeOther, "/me?range=7d"},
		{"", []string{"Referer", "https://elsewhere.example/me"}, http.StatusSeeOther, "/"},
		{"/me", []string{"HX-Request", "true"}, http.StatusNoContent, ""},
	} {
		ada.post("/preferences", form("density", "compact", "next", test.next), test.headers...).
			expect(t, test.next, test.status, test.want)
	}
	una := p.as("una") // every signed-in person has a time zone
	una.post("/preferences", form("zone", "Asia/Tokyo", "next", "/me")).expect(t, "somebody without a log", http.StatusSeeOther, "/me")
	if got := p.preferencesOf("una").Zone; got != "Asia/Tokyo" {
		t.Errorf("their zone: got %q", got)
	}
	if got := p.preferencesOf("ada").Zone; got != "" {
		t.Errorf("somebody else's zone: got %q", got)
	}
	rolf := p.as("rolf")
	rolf.post("/preferences", form("closed-facets", "status,ca")).expect(t, "Conditional Access data", http.StatusForbidden, "")
	out := p.visitor()
	out.post("/preferences", form("zone", "browser")).expect(t, "signed out", http.StatusSeeOther, "/signin")
	out.post("/preferences", form("zone", "browser"), "HX-Request", "true").expect(t, "a signed-out script", http.StatusUnauthorized, "")
	ada.post("/preferences", form("zone", "browser"), "Sec-Fetch-Site", "cross-site").expect(t, "another site", http.StatusForbidden, "")
	ada.get("/preferences").expect(t, "as a page", http.StatusMethodNotAllowed, "")
}

// The data that a button of a page sends is accepted at its form's address.
func TestButtonsOfPreferencesWork(t *testing.T) {
	p := keptHouse(t, func(c *Config) { c.Now = func() time.Time { return pageNow } }, interactiveSignIn(1, at("12:00:00")))
	ada := p.as("ada")
	const list = "/logs/interactive?range=7d&user=ada"
	for _, test := range []struct {
		button string
		kept   func(auth.Preferences) bool
	}{
		{`[title="Close all facets"]`, func(kept auth.Preferences) bool { return slices.Contains(kept.ClosedFacets, "app") }},
		{`[title="Open all facets"]`, func(kept auth.Preferences) bool {
			return len(kept.ClosedFacets) == 0 && slices.Contains(kept.OpenFacets, "ip")
		}},
		{`[title="Hide the facets"]`, func(kept auth.Preferences) bool { return kept.FacetsHidden }},
		{`[title="Show the facets"]`, func(kept auth.Preferences) bool { return !kept.FacetsHidden }},
		{`[title="Fold the chart"]`, func(kept auth.Preferences) bool { return kept.ChartFolded }},
		{`[title="Unfold the chart"]`, func(kept auth.Preferences) bool { return !kept.ChartFolded }},
		{`[value="compact"]`, func(kept auth.Preferences) bool { return kept.Compact }},
		{`[value="comfortable"]`, func(kept auth.Preferences) bool { return !kept.Compact }},
		{`[value="browser"]`, func(kept auth.Preferences) bool { return kept.Zone == auth.ZoneOfBrowser }},
		{`[value="UTC"]`, func(kept auth.Preferences) bool { return kept.Zone == "UTC" }},
	} {
		page := ada.get(list).document(t)
		button := page.Find(`button[form="preferences"]` + test.button)
		if button.Length() != 1 {
			t.Fatalf("%s: there are %d", test.button, button.Length())
		}
		fields := with(sent(page.Find(`#preferences[action="/preferences"]`)), button.AttrOr("name", ""), button.AttrOr("value", ""))
		ada.post("/preferences", fields).expect(t, test.button, http.StatusSeeOther, list)
		if kept := p.preferencesOf("ada"); !test.kept(kept) {
			t.Errorf("%s: kept are %+v", test.button, kept)
		}
	}
}

// Widths are stored for the columns that a form names, and stay as they are for the others. The style sheet of the page has the same
// widths.
func TestWidthsOfColumns(t *testing.T) {
	p := keptHouse(t, func(c *Config) { c.Now = func() time.Time { return pageNow } }, interactiveSignIn(1, at("12:00:00")))
	ada := p.as("ada")
	sheet := func() []string { return ada.get("/logs/interactive").values(t, "link[data-widths]", "href") }
	if got := sheet(); len(got) != 0 {
		t.Errorf("widths before any was chosen: %v", got)
	}
	for _, test := range []struct {
		list, value string
		status      int
		want        map[string]int
	}{
		{"interactive", "user:240,date:180", http.StatusNoContent, map[string]int{"user": 240, "date": 180}},
		{"interactive", "user:300", http.StatusNoContent, map[string]int{"user": 300, "date": 180}},
		{"interactive", "user:47", http.StatusBadRequest, map[string]int{"user": 300, "date": 180}},
		{"interactive", "user:1001", http.StatusBadRequest, map[string]int{"user": 300, "date": 180}},
		{"interactive", "user:wide", http.StatusBadRequest, map[string]int{"user": 300, "date": 180}},
		{"interactive", "colour:200", http.StatusBadRequest, map[string]int{"user": 300, "date": 180}},
		{"interactive", "user:200;}body{display:none:200", http.StatusBadRequest, map[string]int{"user": 300, "date": 180}},
		{"nosuch", "user:200", http.StatusBadRequest, map[string]int{"user": 300, "date": 180}},
	} {
		ada.post("/preferences", form("widths."+test.list, test.value), "HX-Request", "true").expect(t, test.value, test.status, "")
		if got := p.preferencesOf("ada").Widths["interactive"]; !reflect.DeepEqual(got, test.want) {
			t.Errorf("after %s: kept are %v, want %v", test.value, got, test.want)
		}
	}
	got := sheet()
	if len(got) != 1 || !strings.HasPrefix(got[0], "/static/widths/180-0-300-0-") {
		t.Fatalf("the page has the sheets %v", got)
	}
	css := ada.get(got[0])
	if body := css.body; css.StatusCode != http.StatusOK || !strings.Contains(body, ":nth-child(3):not([colspan]) { --w: 300px;") || strings.Contains(body, ":nth-child(2)") {
		t.Errorf("%d, the sheet is %s", css.StatusCode, body)
	}
	for _, name := range []string{"0-47.css", "0-1001.css", "0-+200.css", "0-0200.css", "200", "x.css", ".css", strings.Repeat("0-", 250) + "0.css"} {
		ada.get("/static/widths/"+name).expect(t, name, http.StatusNotFound, "")
	}
	p.as("rolf").post("/preferences", form("widths.interactive", "ca:200")).expect(t, "a column of Conditional Access data", http.StatusForbidden, "")
	ada.post("/logs/interactive/columns?range=7d", form("do", "widths")).expect(t, "default widths", http.StatusSeeOther, "/logs/interactive?range=7d")
	if got := sheet(); len(got) != 0 || p.preferencesOf("ada").Widths != nil {
		t.Errorf("widths after they were forgotten: %v", got)
	}
}
