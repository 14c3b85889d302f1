package web

import (
	"slices"
	"strings"
	"testing"

	"signpost/auth"
	"signpost/store"
	"signpost/store/importer"
)

// Fields of newer exports are shown, those of Conditional Access data only to those who may see it.
func TestUnknownFieldsAreShown(t *testing.T) {
	s := interactiveSignIn(1, at("12:00:00"))
	f := newFakeStore(s)
	f.records[0].Versions = []store.Version{
		{SignIn: s, Doc: []byte(`{"time":"2026-11-23T12:03:00Z","level":4,"properties":{"id":"x","moon":"waning","older":"kept"}}`)},
		{SignIn: s, Doc: []byte(`{"time":"2026-11-23T12:09:00Z","level":4,"properties":{"id":"x","moon":"waxing","tides":{"high":[1],"conditionalAccessX":"deep-secret"},"newConditionalAccessThing":"secret"}}`)},
	}
	unknown := func(role auth.Role) []string {
		p := newPortal(t, f, role)
		p.Unread = importer.Unread
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
