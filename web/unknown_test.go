package web

import (
	"slices"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// Fields of newer exports are shown. Those of Conditional Access data are shown only to viewers who may see
// it.
func TestUnknownFieldsAreShown(t *testing.T) {
	s := interactiveSignIn(1, at("12:00:00"))
	f := newFakeStore(s)
	f.records[0].Versions = []store.Version{
		{Entry: s.Clone(), Doc: []byte(`{"time":"2026-11-23T12:03:00Z","level":4,"properties":{"id":"x","moon":"waning","older":"kept"}}`)},
		{Entry: s.Clone(), Doc: []byte(`{"time":"2026-11-23T12:09:00Z","level":4,"properties":{"id":"x","moon":"waxing","tides":{"high":[1],"conditionalAccessX":"deep-secret"},"newConditionalAccessThing":"secret"}}`)},
	}
	unknown := func(role auth.Role) []string {
		p := newPortal(t, f, role)
		p.Unread = importer.Unread(kinds.Catalog)
		a := p.get("/logs/interactive/" + testID(1) + "?tab=additional")
		if role == reports && strings.Contains(a.Body.String(), "secret") {
			t.Error("the page holds Conditional Access data")
		}
		return a.texts(`[aria-label="Table: Fields this version of Signpost does not know"] tbody tr`)
	}
	if got, want := unknown(admin), []string{"moonwaxing", `tides{"high":[1],"conditionalAccessX":"deep-secret"}`, "newConditionalAccessThingsecret", "olderkept"}; !slices.Equal(got, want) {
		t.Errorf("an administrator sees %q, want %q", got, want)
	}
	if got, want := unknown(reports), []string{"moonwaxing", `tides{"high":[1]}`, "olderkept"}; !slices.Equal(got, want) {
		t.Errorf("a Reports Reader sees %q, want %q", got, want)
	}
}

func TestWhatAnExportCannotHaveIsTold(t *testing.T) {
	s := interactiveSignIn(1, at("12:00:00"))
	s.UserAgent, s.City, s.AuthenticationDetails = "", "", nil
	f := newFakeStore(s)
	const v1, beta = `{"id":"x","createdDateTime":"2026-11-23T12:00:00Z"}`, `{"id":"x","userAgent":""}`
	for _, test := range []struct {
		name, agent, city string
		docs              []string
	}{
		{"v1.0", "- not in this export: Microsoft Graph v1.0", "-", []string{v1}},
		{"v1.0 twice", "- not in this export: Microsoft Graph v1.0", "-", []string{v1, v1}},
		{"another", "-", "-", []string{beta}},
		{"both", "-", "-", []string{v1, beta}},
	} {
		f.records[0].Versions = nil
		for _, doc := range test.docs {
			f.records[0].Versions = append(f.records[0].Versions, store.Version{Entry: s.Clone(), Doc: []byte(doc)})
		}
		p := newPortal(t, f, admin)
		p.Lacks = importer.Lacks
		a := p.get("/logs/interactive/" + testID(1))
		if agent, city := fact(a, "User agent"), fact(a, "City"); agent != test.agent || city != test.city {
			t.Errorf("%s: user agent %q, city %q", test.name, agent, city)
		}
	}
}

// A cell of a portal file under a heading that nobody knows may be Conditional Access: it is shown to viewers alone who may see
// that. Policies that the file cannot list are no fact about the sign-in.
func TestCellsOfAPortalFile(t *testing.T) {
	s := interactiveSignIn(1, at("12:00:00"))
	s.AppliedConditionalAccessPolicies, s.Collections = nil, 0
	f := newFakeStore(s)
	f.records[0].Versions = []store.Version{{Entry: s.Clone(), Doc: []byte(`{"Date (UTC)":"2026-11-23T12:00:00Z","Request ID":"x","Username":"ada","Bedingter Zugriff":"geheim"}`)}}
	page := func(role auth.Role, tab string) answer {
		p := newPortal(t, f, role)
		p.Unread, p.Lacks = importer.Unread(kinds.Catalog), importer.Lacks
		return p.get("/logs/interactive/" + testID(1) + "?tab=" + tab)
	}
	for _, tab := range []string{"raw", "additional", "all"} {
		if body := page(admin, tab).Body.String(); !strings.Contains(body, "geheim") {
			t.Errorf("%s: an administrator does not see the cell", tab)
		}
		if body := page(reports, tab).Body.String(); strings.Contains(body, "geheim") || strings.Contains(body, "Bedingter") {
			t.Errorf("%s: a Reports Reader sees the cell", tab)
		}
	}
	text := page(admin, "conditional-access").Body.String()
	if want := "The Conditional Access policies are not in this export: Entra admin center CSV."; !strings.Contains(text, want) {
		t.Errorf("the page does not say %q", want)
	}
	for _, wrong := range []string{"does not tell of Conditional Access policies", "has no Conditional Access policies"} {
		if strings.Contains(text, wrong) {
			t.Errorf("the page says %q", wrong)
		}
	}
}
