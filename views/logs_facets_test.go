package views

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"signpost/store"
)

func facetNamesOf(log store.Log, conditionalAccess bool) string {
	var names []string
	for _, f := range (List{Log: log}).FacetFields(conditionalAccess, false) {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}

func TestFacetFields(t *testing.T) {
	tests := []struct {
		log         store.Log
		conditional bool
		want        string
	}{
		{store.Interactive, true, "status error app user resource country ip client ca policy requirement method os browser compliant managed trust devicename risk risksignin riskstate riskdetail"},
		{store.Interactive, false, "status error app user resource country ip client requirement method os browser compliant managed trust devicename risk risksignin riskstate riskdetail"},
		{store.NonInteractive, true, "status error app user resource country ip client ca policy os compliant managed trust devicename risk risksignin riskstate riskdetail"},
		{store.ServicePrincipal, true, "status error sp resource app country ip credential ca policy"},
		{store.ManagedIdentity, true, "status error sp resource mitype"},
	}
	for _, test := range tests {
		if got := facetNamesOf(test.log, test.conditional); got != test.want {
			t.Errorf("%s with right %t: %s, want %s", test.log, test.conditional, got, test.want)
		}
	}
}

func TestFacetRows(t *testing.T) {
	app := mustField(t, "app")
	page := LogPage{
		List:   List{Log: store.Interactive},
		Facets: &FacetsPanel{},
		Query:  parsed(t, "range=7d&app=A1&app=rare&app.not=b2&app.empty=no&after="+(&store.Cursor{Key: store.NewKey(time.Date(2015, 1, 1, 0, 0, 0, 1000, time.UTC), 0)}).String()),
	}
	rows := page.facetRows(Facet{
		Facet: store.Facet{Field: app, Distinct: 9, Empty: 3, Complete: true, Values: []store.FacetValue{
			{Value: "a1", Label: "Travel Desk", N: 200}, {Value: "b2", Label: "Booking", N: 1}, {Value: "c3", Label: "", N: 0},
		}},
		Chosen: []FacetChoice{{FacetValue: store.FacetValue{Value: "rare", N: 4}}, {FacetValue: store.FacetValue{Value: "odd"}, Uncounted: true}},
	})
	all := "?app=A1&app=rare&app.empty=no&app.not=b2&range=7d"
	want := []string{
		"Travel Desk|a1|100%|1|" + strings.Replace(all, "app=A1&", "", 1) + "|",
		"Booking|b2|1%|2|" + strings.Replace(all, "&app.not=b2", "", 1) + "|",
		"c3||0|0|" + strings.Replace(all, "app=rare", "app=c3&app=rare", 1) + "|app.not=c3",
		"rare||2%|1|" + strings.Replace(all, "app=rare&", "", 1) + "|",
		"odd||0|0|" + strings.Replace(all, "app=rare", "app=odd&app=rare", 1) + "|app.not=odd",
		"(empty)|Sign-ins without a value that is read|1%|2|" + strings.Replace(all, "app.empty=no&", "", 1) + "|",
	}
	var got []string
	for _, r := range rows {
		exclude := ""
		if r.Exclude != "" {
			exclude = r.Exclude + "=" + r.ExcludeValue
		}
		got = append(got, fmt.Sprintf("%s|%s|%s|%d|%s|%s", r.Label, r.Title, r.Share, r.State, r.Address, exclude))
		followed(t, r.Address)
	}
	if !slices.Equal(got, want) {
		t.Errorf("rows:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Spellings of one value are rows of their own, and the value behind the words tells them apart. The picker does the same.
func TestValuesThatReadTheSame(t *testing.T) {
	field := mustField(t, "trust")
	facet := store.Facet{Field: field, Distinct: 3, Complete: true, Values: []store.FacetValue{{Value: "AzureAd", N: 3}, {Value: "Azure AD joined", N: 2}, {Value: "ServerAd", N: 1}}}
	page := LogPage{List: List{Log: store.Interactive}, Facets: &FacetsPanel{}, Query: parsed(t, "range=7d")}
	rows := page.facetRows(Facet{Facet: facet, Chosen: []FacetChoice{{FacetValue: store.FacetValue{Value: "AzureAD Joined"}}}})
	var got []string
	for _, r := range rows {
		got = append(got, r.Label)
	}
	want := []string{"Azure AD joined (AzureAd)", "Azure AD joined", "Hybrid Azure AD joined", "Azure AD joined (AzureAD Joined)"}
	if !slices.Equal(got, want) {
		t.Errorf("the facet has %q, want %q", got, want)
	}
	got = nil
	for _, o := range (Picker{Field: field, Chosen: []string{"AzureAD Joined"}, Facet: &facet}).options()[0].Options {
		got = append(got, o.Label)
	}
	if want := []string{want[3], want[0], want[1], want[2]}; !slices.Equal(got, want) {
		t.Errorf("the picker has %q, want %q", got, want)
	}
}

func TestFacetLabels(t *testing.T) {
	tests := []struct{ field, value, label, want string }{
		{"app", "a1", "Travel Desk", "Travel Desk"},
		{"app", "Travel Desk", "", "Travel Desk"},
		{"status", "interrupted", "", "Interrupted"},
		{"requirement", "multiFactorAuthentication", "", "Multifactor authentication"},
		{"ca", "notApplied", "", "Not applied"},
		{"error", "0", "", "0 (success)"},
		{"error", "50126", "", "50126 The user name or the password was wrong"},
		{"country", "NO", "", "Norway"},
	}
	for _, test := range tests {
		if got := facetLabel(mustField(t, test.field), store.FacetValue{Value: test.value, Label: test.label}); got != test.want {
			t.Errorf("%s=%s: %q, want %q", test.field, test.value, got, test.want)
		}
	}
}

func TestFacetTitles(t *testing.T) {
	long := "Contoso-Harbour-Invoices-Reconciliation"
	tests := []struct{ label, value, want string }{
		{"Oslo", "Oslo", ""},
		{"Travel Desk", "a1", "a1"},
		{long, long, long},
		{long, "a1", long + " (a1)"},
	}
	for _, test := range tests {
		if got := facetTitle(test.label, test.value); got != test.want {
			t.Errorf("%s, %s: %q, want %q", test.label, test.value, got, test.want)
		}
	}
}

// The first four facets of a list are open, and those of fields in the filter. The person's choice and the address change that. Choices for
// other lists stay.
func TestWhichFacetsAreOpen(t *testing.T) {
	page := LogPage{List: List{Log: store.ServicePrincipal}, Query: parsed(t, "range=7d"), Facets: &FacetsPanel{}}
	open := func(panel FacetsPanel) string {
		page.Facets = &panel
		panel.Facets = page.AllFacets()
		var names []string
		for _, f := range panel.Facets {
			if !f.Closed {
				names = append(names, f.Field.Name)
			}
		}
		return strings.Join(names, " ")
	}
	tests := []struct {
		panel FacetsPanel
		want  string
	}{
		{FacetsPanel{}, "status error sp resource"},
		{FacetsPanel{Closed: []string{"error", "user"}, Opened: []string{"ip", "browser"}}, "status sp resource ip"},
		{FacetsPanel{Closed: []string{"ip"}, Asked: []*store.Field{mustField(t, "ip"), mustField(t, "asn")}}, "asn status error sp resource ip"},
	}
	for _, test := range tests {
		if got := open(test.panel); got != test.want {
			t.Errorf("open are %s, want %s", got, test.want)
		}
	}
	page.Query = parsed(t, "range=7d&ip=192.0.2.1&country.not=NO&credential=x")
	if got, want := open(FacetsPanel{Closed: []string{"country"}}), "status error sp resource ip credential"; got != want {
		t.Errorf("with a filter %s are open, want %s", got, want)
	}
	page.Query = parsed(t, "range=7d")
	all := strings.Fields("app country ip credential ca policy mitype")
	page.ConditionalAccess = true
	if got, want := open(FacetsPanel{Opened: all}), "status error sp resource app country ip credential"; got != want {
		t.Errorf("with all open %s come with the page, want %s", got, want)
	}
	if waits := page.AllFacets(); !waits[8].Waits || !(FacetsPanel{Facets: waits}).allAre(false) {
		t.Error("the others do not wait, or do not count as open")
	}
	panel := FacetsPanel{Closed: []string{"user", "sp"}, Opened: []string{"browser", "ip"}, Facets: []Facet{
		{Facet: store.Facet{Field: mustField(t, "sp")}}, {Facet: store.Facet{Field: mustField(t, "ip")}},
	}}
	for closeAll, want := range map[bool]string{true: "user,sp,ip,+browser", false: "user,+browser,+sp,+ip"} {
		if got := panel.chosenAfter(closeAll); got != want {
			t.Errorf("all closed %t: %s, want %s", closeAll, got, want)
		}
	}
}
