package web

import (
	"context"
	"errors"
	"strings"
	"testing"

	"signpost/store"
)

// failingCounts gives sign-ins and lists, and fails at every count.
type failingCounts struct {
	*fakeStore
	err error
}

func (f failingCounts) Total(context.Context, store.ListQuery) (store.Total, error) {
	return store.Total{}, f.err
}

func (f failingCounts) Histogram(context.Context, store.HistogramQuery) (store.Histogram, error) {
	return store.Histogram{}, f.err
}

func (f failingCounts) Facets(context.Context, store.FacetsQuery) ([]store.Facet, error) {
	return nil, f.err
}

func TestOnlyMe(t *testing.T) {
	p := newPortal(t, failures(), reports)
	for _, tt := range []struct{ id, others, signIns, want string }{
		{testID(1), "1", "2", "1 other person (2 sign-ins) had error 50126 (The user name or the password was wrong) with Travel Desk"},
		{testID(2), "1", "1", "1 other person (1 sign-in) had error 50126"},
		{testID(20), "0", "0", "No, only this person."},
	} {
		a := p.get("/logs/interactive/" + tt.id + "?tab=only-me")
		text, numbers := squeeze(a.hook("only-me").Text()), a.hook("only-me").Find("[data-others]")
		if a.Code != 200 || numbers.AttrOr("data-others", "") != tt.others || numbers.AttrOr("data-count", "") != tt.signIns || !strings.Contains(text, tt.want) {
			t.Errorf("%s: status %d: %s", tt.id, a.Code, text)
		}
	}
	text := squeeze(p.get("/logs/interactive/" + testID(1) + "?tab=only-me").hook("only-me").Text())
	if want := "Same hour in earlier weeks: 1, 0 people. 2 weeks have no sign-ins of anyone in that hour."; !strings.Contains(text, want) {
		t.Errorf("the weeks before: %s", text)
	}
	link := p.get("/logs/interactive/" + testID(1) + "?tab=only-me").hook("only-me").Find("p a").First()
	if got := p.get(link.AttrOr("href", "")).hook("total").AttrOr("data-value", "?"); got != "2" {
		t.Errorf("the link leads to %s sign-ins, want 2", got)
	}
}

func TestOnlyMeMayBeMissing(t *testing.T) {
	counting := failingCounts{failures(), errors.New("asked")}
	for path, want := range map[string]string{
		"/logs/interactive/" + testID(1): "The others could not be counted", "/logs/interactive/" + testID(4): "There is nothing to compare",
	} {
		a := newPortal(t, counting, reports).get(path + "?tab=only-me")
		if a.Code != 200 || !strings.Contains(squeeze(a.page.Find("#only-me").Text()), want) {
			t.Errorf("%s: status %d: %s", path, a.Code, squeeze(a.page.Find("#only-me").Text()))
		}
	}
}

func TestOnlyMeOfServicePrincipals(t *testing.T) {
	other := principalSignIn(6, at("12:10:00"))
	other.ServicePrincipalID, other.ServicePrincipalName = "another", "another"
	p := newPortal(t, newFakeStore(principalSignIn(5, at("12:00:00")), other), reports)
	text := squeeze(p.get("/logs/serviceprincipal/" + testID(5) + "?tab=only-me").hook("only-me").Text())
	if !strings.Contains(text, "1 other service principal (1 sign-in) had error 7000222 (The client secret has expired) with Key Vault") {
		t.Errorf("others: %s", text)
	}
}
